import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import type { Webhook, WebhookDelivery } from "@/lib/api/types";
import { project } from "@/testing/builders";
import { fakeApi, problem } from "@/testing/fake-api";
import { renderAt } from "@/testing/render";
import { SettingsPage } from "./settings-page";
import { standingOf, webhookOf } from "./webhook-model";

const PATH = "/api/v1/projects/core";
const HOOKS = `${PATH}/webhooks`;
const AT = "2026-11-21T10:00:00.000Z";

vi.setConfig({ testTimeout: 30_000 });

beforeEach(() => {
  vi.unstubAllGlobals();
});

const hook = (more: Partial<Webhook> = {}): Webhook => ({
  id: "w1",
  url: "https://hooks.example/x",
  format: "json",
  events: ["tree.finished"],
  enabled: true,
  disabled_because: null,
  created_by: "ada",
  created_at: AT,
  ...more,
});

const delivery = (more: Partial<WebhookDelivery> = {}): WebhookDelivery => ({
  id: "d1",
  type: "tree.finished",
  state: "dead",
  tries: 11,
  status: 500,
  reading: "The other side failed with 500.",
  duration_ms: 41,
  created_at: AT,
  finished_at: AT,
  next_try_at: null,
  body: { type: "tree.finished", data: { tree: "t1" } },
  ...more,
});

async function open(
  hooks: Webhook[],
  deliveries: WebhookDelivery[],
  replies: Record<string, unknown> = {},
  query = "",
) {
  const asked = fakeApi({
    [`GET ${PATH}`]: project(),
    [`GET ${HOOKS}`]: { items: hooks, next_cursor: null },
    [`GET ${HOOKS}/w1/deliveries`]: { items: deliveries, next_cursor: null },
    ...replies,
  });
  renderAt(`/projects/core/settings/webhooks${query}`, "/projects/:project/settings/:section?", <SettingsPage />);
  // a part of the page that is fetched on its own: on a busy machine that takes longer than a test waits by itself
  await screen.findByRole("region", { name: "Webhooks" }, { timeout: 20_000 });
  const sent = (method: string, end: string) => asked.find((one) => one.method === method && one.path.endsWith(end));
  return { asked, sent };
}

const button = (name: string | RegExp) => screen.findByRole("button", { name });

it("adds a webhook, says beside its field what is refused, and shows the secret once", async () => {
  let refused = true;
  const made = { ...hook(), secret: "whsec_once" };
  const { sent } = await open([], [], {
    [`POST ${HOOKS}`]: () =>
      refused
        ? problem(422, { title: "Invalid input", detail: "x", errors: { url: ["is in a private network"] } })
        : Response.json(made, { status: 201 }),
  });
  expect(await screen.findByText("No webhook yet")).toBeTruthy();
  await userEvent.click(await button("Add a webhook"));
  const dialog = within(await screen.findByRole("dialog"));
  await userEvent.type(dialog.getByRole("textbox", { name: /^Address/ }), "https://hooks.example/x");
  await userEvent.selectOptions(dialog.getByRole("combobox", { name: "Format" }), "cdevents");
  expect(dialog.getByRole("checkbox", { name: /^tree\.finished/ }).hasAttribute("disabled")).toBe(true);
  await userEvent.click(dialog.getByRole("button", { name: "Add" }));
  expect(await dialog.findByText("is in a private network")).toBeTruthy();
  const body = { url: "https://hooks.example/x", format: "cdevents", events: ["event.state_changed"] };
  expect(sent("POST", "/webhooks")?.body).toEqual(body);
  refused = false;
  await userEvent.click(dialog.getByRole("button", { name: "Add" }));
  expect(await dialog.findByText("whsec_once")).toBeTruthy();
  await userEvent.click(await button("I have copied it"));
  expect(screen.queryByText("whsec_once")).toBeNull();
});

it("shows what came of the last message, and why one is switched off, with the way back", async () => {
  const off = hook({ enabled: false, disabled_because: "It answered 410 (gone)." });
  const { sent } = await open([off], [delivery()], { [`PATCH ${HOOKS}/w1`]: hook() });
  expect(await screen.findByText(/It answered 410/)).toBeTruthy();
  expect(await screen.findByText(/The other side failed with 500/)).toBeTruthy();
  await userEvent.click(await button("Enable again (https://hooks.example/x)"));
  await vi.waitFor(() => expect(sent("PATCH", "/w1")?.body).toEqual({ enabled: true }));
});

it("lists the deliveries of the one in the address, with request, answer and next try, and sends one again", async () => {
  const waits = delivery({ id: "d2", state: "pending", tries: 1, finished_at: null, next_try_at: AT });
  const { sent } = await open(
    [hook()],
    [waits, delivery()],
    { [`POST ${HOOKS}/w1/deliveries/d1/redeliver`]: delivery({ state: "pending" }) },
    "?webhook=w1",
  );
  const rows = within(await screen.findByRole("list", { name: "Deliveries" })).getAllByRole("listitem");
  const [first, second] = rows.map((row) => within(row));
  expect(first?.getByText("Next try")).toBeTruthy();
  expect(first?.getByRole("button", { name: "Redeliver" }).hasAttribute("disabled")).toBe(true);
  expect(second?.getByText(/"tree": "t1"/)).toBeTruthy();
  await userEvent.click(second?.getByRole("button", { name: "Redeliver" }) as HTMLElement);
  await vi.waitFor(() => expect(sent("POST", "/d1/redeliver")).toBeTruthy());
});

it("leaves out of CDEvents what they have no word for, and says how a message stands", () => {
  const form = new FormData();
  form.set("url", " https://x ");
  form.set("format", "cdevents");
  for (const event of ["tree.opened", "event.accepted"]) form.append("events", event);
  expect(webhookOf(form)).toEqual({ url: "https://x", format: "cdevents", events: ["event.accepted"] });
  expect(standingOf({ state: "pending", tries: 0 }).text).toBe("waits");
  expect(standingOf({ state: "pending", tries: 2 }).text).toBe("tried again");
});
