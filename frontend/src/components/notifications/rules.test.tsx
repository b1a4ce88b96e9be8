import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import type { NotificationChannels, NotificationMessage, NotificationRule } from "@/lib/api/types";
import { fakeApi, problem } from "@/testing/fake-api";
import { renderAt } from "@/testing/render";
import { changeOf, ruleOf, scopeText, standingOf, toldText } from "./model";
import { NotificationRules } from "./rules";

const RULES = "/api/v1/projects/core/notifications";
const OWN = "/api/v1/me/notifications";
const AT = "2026-11-21T10:00:00.000Z";
const IRC = ["host", "port", "tls", "room", "nick", "password", "key"];

const channel = (kind: "slack" | "irc" | "email", title: string, fields: string[], because: string | null = null) => ({
  kind,
  title,
  fields,
  available: because === null,
  because,
});

const CHANNELS: NotificationChannels = {
  channels: [
    channel("slack", "Slack", ["url"]),
    channel("irc", "IRC", IRC),
    channel("email", "E-mail", [], "No mail server is set."),
  ],
  events: [{ kind: "first_failure", meaning: "A run failed, and the last one had not." }],
  rate: 30,
};

const rule = (more: Partial<NotificationRule> = {}): NotificationRule => ({
  id: "r1",
  channel: "slack",
  destination: { host: "hooks.slack.com", port: null, tls: null, room: null, nick: null, to: null },
  label: "hooks.slack.com",
  events: ["first_failure", "recovery"],
  scope: { branches: ["main"], projects: null },
  enabled: true,
  last: { at: AT, ok: false, event: "first_failure", text: "The other side answered 404." },
  created_by: "ada",
  created_at: AT,
  ...more,
});

vi.setConfig({ testTimeout: 30_000 });

beforeEach(() => {
  vi.unstubAllGlobals();
});

function open(rules: NotificationRule[], replies: Record<string, unknown> = {}, query = "", own = false) {
  const asked = fakeApi({
    "GET /api/v1/notifications/channels": CHANNELS,
    [`GET ${own ? OWN : RULES}`]: { items: rules, next_cursor: null },
    ...replies,
  });
  const of = own ? { own: true as const } : { project: "core" };
  renderAt(`/${query}`, "/", <NotificationRules of={of}>What rules are for.</NotificationRules>);
  return { sent: (method: string) => asked.findLast((one) => one.method === method) };
}

const button = (name: string | RegExp) => screen.findByRole("button", { name });

it("adds a rule for a channel, and says beside the field of its destination what is refused", async () => {
  let refused = true;
  const { sent } = open([], {
    [`POST ${RULES}`]: () =>
      refused
        ? problem(422, { title: "Invalid input", detail: "x", errors: { "destination.room": ["must be a channel"] } })
        : Response.json(rule(), { status: 201 }),
  });
  expect(await screen.findByText("What rules are for.")).toBeTruthy();
  await vi.waitFor(async () => expect((await button("Add a rule")).hasAttribute("disabled")).toBe(false));
  await userEvent.click(await button("Add a rule"));
  const dialog = within(await screen.findByRole("dialog"));
  expect(dialog.getByText(/No mail server is set/)).toBeTruthy();
  await userEvent.selectOptions(dialog.getByRole("combobox", { name: "Channel" }), "irc");
  await userEvent.type(dialog.getByRole("textbox", { name: /^Server/ }), "irc.example");
  await userEvent.type(dialog.getByRole("textbox", { name: /^Channel or person/ }), "builds");
  await userEvent.click(dialog.getByRole("checkbox", { name: /^Failed tree/ }));
  await userEvent.type(dialog.getByRole("textbox", { name: /^Only on branches/ }), "main, release/*");
  await userEvent.click(dialog.getByRole("button", { name: "Add" }));
  expect(await dialog.findByText("must be a channel")).toBeTruthy();
  expect(sent("POST")?.body).toEqual({
    channel: "irc",
    destination: { host: "irc.example", tls: true, room: "builds" },
    events: ["first_failure", "recovery", "tree_failed"],
    scope: { branches: ["main", "release/*"] },
  });
  refused = false;
  await userEvent.click(dialog.getByRole("button", { name: "Add" }));
  await vi.waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

it("shows what came of the last message, tests, and changes without the secret address that is set", async () => {
  const { sent } = open([rule()], {
    [`POST ${RULES}/r1/test`]: { id: "m", ok: true, reading: "Accepted with 200.", duration_ms: 9 },
    [`PATCH ${RULES}/r1`]: rule(),
  });
  expect(await screen.findByText("The other side answered 404.")).toBeTruthy();
  await userEvent.click(await button("Send a test (hooks.slack.com)"));
  await vi.waitFor(() => expect(sent("POST")?.path).toBe(`${RULES}/r1/test`));
  await userEvent.click(await button("Change… (hooks.slack.com)"));
  const dialog = within(await screen.findByRole("dialog"));
  expect(dialog.getByRole("button", { name: "Replace Address" })).toBeTruthy();
  await userEvent.click(dialog.getByRole("checkbox", { name: /^Recovery/ }));
  await userEvent.click(dialog.getByRole("button", { name: "Save" }));
  await vi.waitFor(() =>
    expect(sent("PATCH")?.body).toEqual({ events: ["first_failure"], scope: { branches: ["main"] } }),
  );
});

it("asks for one's own rule which projects it is about", async () => {
  const { sent } = open([], { [`POST ${OWN}`]: rule() }, "", true);
  await vi.waitFor(async () => expect((await button("Add a rule")).hasAttribute("disabled")).toBe(false));
  await userEvent.click(await button("Add a rule"));
  const dialog = within(await screen.findByRole("dialog"));
  await userEvent.type(dialog.getByLabelText(/^Address/), "https://hooks.slack.com/x");
  await userEvent.selectOptions(dialog.getByRole("combobox", { name: "Of which projects" }), "owned");
  await userEvent.click(dialog.getByRole("button", { name: "Add" }));
  await vi.waitFor(() =>
    expect(sent("POST")?.body).toMatchObject({
      destination: { url: "https://hooks.slack.com/x" },
      scope: { branches: [], projects: "owned" },
    }),
  );
});

it("lists what the rule in the address told, with the page of what happened", async () => {
  const message: NotificationMessage = {
    id: "m1",
    event: "first_failure",
    about: "core",
    url: "https://ci.example/trees/t1",
    state: "pending",
    tries: 2,
    reading: "No connection.",
    duration_ms: 12,
    created_at: AT,
    finished_at: null,
    next_try_at: AT,
  };
  open([rule()], { [`GET ${RULES}/r1/messages`]: { items: [message], next_cursor: null } }, "?rule=r1");
  const row = within((await screen.findByRole("table", { name: "Messages" })) as HTMLElement);
  expect(row.getByRole("link", { name: "First failure" }).getAttribute("href")).toBe(message.url);
  expect(row.getByText("tried again")).toBeTruthy();
  expect(row.getByText(/next try/)).toBeTruthy();
});

it("reads forms and rules as they are meant", () => {
  const form = new FormData();
  form.set("url", " ");
  form.set("to", "a@x.example, b@x.example");
  form.set("port", "6697");
  form.append("events", "success");
  const body = ruleOf(form, { kind: "irc", fields: ["url", "port", "tls", "to"] });
  expect(body.destination).toEqual({ port: 6697, tls: false, to: ["a@x.example", "b@x.example"] });
  expect(changeOf(body, ["url"])).toEqual({ events: ["success"], scope: { branches: [] } });
  expect(changeOf(body, ["to"])).toHaveProperty("destination");
  expect(toldText(["success", "first_failure"])).toBe("First failure, every success");
  expect(scopeText({ branches: [], projects: "mine" })).toBe("of mine, on every branch");
  expect(standingOf({ state: "pending", tries: 0 })[1]).toBe("waits");
});
