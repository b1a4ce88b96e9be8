import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import type { ChatAccount, ChatAccounts } from "@/lib/api/types";
import { fakeApi } from "@/testing/fake-api";
import { renderAt } from "@/testing/render";
import { AccountPage } from "./account-page";
import { saidIn } from "./chat-model";

const AT = "2026-11-21T10:00:00.000Z";
const ACCOUNTS = "/api/v1/me/chat-accounts";
const IRC = { server: "irc.example", channel: "#ci", nick: "dominoci", tls: true };

beforeEach(() => {
  vi.unstubAllGlobals();
});

const account = (more: Partial<ChatAccount> = {}): ChatAccount => ({
  id: "c1",
  kind: "irc",
  place: "irc.example",
  account: "ada",
  bound_at: AT,
  used_at: null,
  ...more,
});

const accounts = (more: Partial<ChatAccounts> = {}): ChatAccounts => ({
  items: [],
  next_cursor: null,
  irc: IRC,
  slack: false,
  ...more,
});

function open(replies: Record<string, unknown>) {
  const asked = fakeApi(replies);
  renderAt("/me/chat", "/me/:section?", <AccountPage />);
  return asked;
}

it("shows what to say to the bot once, and that it was heard", async () => {
  let heard = false;
  open({
    [`GET ${ACCOUNTS}`]: () => Response.json(accounts({ items: heard ? [account()] : [] })),
    "POST /api/v1/me/chat-codes": { code: "9f2c", say: "link 9f2c", expires_at: AT },
  });
  expect(await screen.findByText("No account is linked")).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "Get a code" }));
  const said = await screen.findByRole("region", { name: "code for On IRC, at irc.example" });
  expect(said.textContent).toBe("/msg dominoci link 9f2c");
  heard = true;
  expect(await screen.findByText("✓ ada is linked", {}, { timeout: 8000 })).toBeTruthy();
  expect(screen.queryByText("/msg dominoci link 9f2c"), "it is used up").toBeNull();
});

it("unlinks an account after a question", async () => {
  const asked = open({
    [`GET ${ACCOUNTS}`]: accounts({ items: [account()] }),
    [`DELETE ${ACCOUNTS}/c1`]: () => new Response(null, { status: 204 }),
  });
  await userEvent.click(await screen.findByRole("button", { name: "Unlink ada…" }));
  const dialog = within(await screen.findByRole("dialog"));
  expect(dialog.getByText(/answers strangers/)).toBeTruthy();
  await userEvent.click(dialog.getByRole("button", { name: "Unlink" }));
  await vi.waitFor(() => expect(asked.some(({ method }) => method === "DELETE")).toBe(true));
});

it("offers no code where the bot is in no chat", async () => {
  open({ [`GET ${ACCOUNTS}`]: accounts({ irc: null }) });
  expect(await screen.findByText("The bot is in no chat")).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Get a code" })).toBeNull();
  expect(saidIn({ irc: IRC, slack: true }, "link x").map(({ text }) => text)).toEqual([
    "/msg dominoci link x",
    "/dominoci link x",
  ]);
});
