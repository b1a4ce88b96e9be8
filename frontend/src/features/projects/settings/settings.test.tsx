import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { numbers, project } from "@/testing/builders";
import { fakeApi, problem } from "@/testing/fake-api";
import { renderAt } from "@/testing/render";
import { SettingsPage } from "./settings-page";

const PATH = "/api/v1/projects/core";

beforeEach(() => {
  vi.unstubAllGlobals();
});

async function open(replies: Record<string, unknown> = {}, of = project()) {
  const runs = { ...numbers().runs, run_p90_s: 320 };
  const asked = fakeApi({
    [`GET ${PATH}`]: of,
    [`PATCH ${PATH}`]: of,
    [`${PATH}/numbers`]: numbers({ runs }),
    [`${PATH}/tokens`]: { items: [], next_cursor: null },
    ...replies,
  });
  renderAt("/projects/core/settings", "/projects/:project/settings", <SettingsPage />);
  const form = async (name: string) => within(await screen.findByRole("form", { name }));
  return { asked, form, sent: () => asked.find((one) => one.method === "PATCH")?.body };
}

it("saves the rule and the deadlines, which are typed as durations", async () => {
  const { form, sent } = await open();
  const rules = await form("Rules");
  await userEvent.click(rules.getByRole("radio", { name: /^Supersede/ }));
  const ends = rules.getByRole("textbox", { name: "Ends within" });
  await userEvent.clear(ends);
  await userEvent.type(ends, "1h 30m");
  await userEvent.click(rules.getByRole("button", { name: "Save" }));
  expect(await rules.findByText("Saved")).toBeTruthy();
  expect(sent()).toEqual({ on_new_event: "supersede", start_deadline_s: 3600, finish_deadline_s: 5400 });
});

it("says beside a deadline what the p90 is, and sends nothing that it cannot read", async () => {
  const { form, sent } = await open();
  const rules = await form("Rules");
  expect(await rules.findByText("Your p90 is 5m 20s.")).toBeTruthy();
  const ends = rules.getByRole("textbox", { name: "Ends within" });
  await userEvent.clear(ends);
  await userEvent.type(ends, "1m");
  expect(rules.getByText(/more than one run in ten would be cut off/)).toBeTruthy();
  await userEvent.type(ends, " or so");
  await userEvent.click(rules.getByRole("button", { name: "Save" }));
  expect(rules.getByText("Write it like 45m or 1h 30m.")).toBeTruthy();
  expect(sent()).toBeUndefined();
});

it("switches the project off", async () => {
  const { form, sent } = await open();
  const general = await form("General");
  await userEvent.click(general.getByRole("checkbox", { name: /^Enabled/ }));
  await userEvent.click(general.getByRole("button", { name: "Save" }));
  expect(await general.findByText("Saved")).toBeTruthy();
  expect(sent()).toMatchObject({ enabled: false, name: "core", contact: null });
});

it("keeps a webhook's secret unless a new one is typed, and shows what is refused beside its field", async () => {
  const hook = {
    kind: "webhook",
    pipeline: null,
    url: "https://ci.example/x",
    cancel_url: null,
    secret_set: true,
  } as const;
  const refusal = () =>
    problem(422, { title: "Invalid input", detail: "x", errors: { "target.cancel_url": ["Must be an address."] } });
  const { form, sent } = await open({ [`PATCH ${PATH}`]: refusal }, project({ target: hook }));
  const target = await form("What runs its pipeline");
  await userEvent.type(target.getByRole("textbox", { name: "Address for cancellations" }), "nowhere");
  await userEvent.click(target.getByRole("button", { name: "Save" }));
  expect(await target.findByText("Must be an address.")).toBeTruthy();
  expect(target.queryByRole("alert")).toBeNull();
  expect(sent()).toEqual({ target: { kind: "webhook", url: "https://ci.example/x", cancel_url: "nowhere" } });
});
