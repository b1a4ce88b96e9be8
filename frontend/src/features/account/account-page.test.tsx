import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { Time } from "@/components/time";
import type { OwnSession, OwnToken, PageSettings } from "@/lib/api/types";
import { prefer, preferences } from "@/lib/preferences";
import { fakeApi, problem } from "@/testing/fake-api";
import { renderAt } from "@/testing/render";
import { AccountPage } from "./account-page";
import { usePreferenceSync } from "./preference-sync";

const AT = "2026-11-21T10:00:00.000Z";
const PROFILE = {
  id: "u",
  name: "ada",
  full_name: "Ada Lovelace",
  email: null,
  is_admin: false,
  has_password: true,
  created_at: AT,
  last_seen_at: AT,
};
const SETTINGS: PageSettings = { theme: "system", density: "comfortable", times: "relative", keys: "on", wheel: "pan" };
const page = (...items: unknown[]) => ({ items, next_cursor: null });

const token = (more: Partial<OwnToken> = {}): OwnToken => ({
  id: "t1",
  name: "release script",
  scope: "read",
  prefix: "dcu_4fGh",
  state: "good",
  created_at: AT,
  expires_at: null,
  last_used_at: null,
  revoked_at: null,
  replaced_by: null,
  ...more,
});

const session = (more: Partial<OwnSession> = {}): OwnSession => ({
  id: "9f86d081884c7d65",
  browser: "Firefox on Linux",
  address: "192.0.2.7",
  created_at: AT,
  last_used_at: AT,
  expires_at: AT,
  current: true,
  ...more,
});

beforeEach(() => {
  vi.unstubAllGlobals();
  prefer(SETTINGS);
});

function open(section: string, replies: Record<string, unknown>) {
  const asked = fakeApi(replies);
  renderAt(`/me/${section}`, "/me/:section?", <AccountPage />);
  const writes = () => asked.filter(({ method }) => method !== "GET");
  return { asked, writes };
}

it("saves what one is called, and says beside the field what is wrong with it", async () => {
  const refusal = () =>
    problem(422, { title: "Invalid input", detail: "Wrong.", errors: { email: ["Must be an address."] } });
  const replies: Record<string, unknown> = { "/api/v1/me/profile": PROFILE, "PATCH /api/v1/me/profile": refusal };
  const { writes } = open("profile", replies);
  await userEvent.type(await screen.findByLabelText(/E-mail/), "nobody");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Must be an address.")).toBeTruthy();
  expect(screen.getByLabelText<HTMLInputElement>(/E-mail/).value).toBe("nobody");
  expect(writes()[0]?.body).toEqual({ full_name: "Ada Lovelace", email: "nobody" });
});

it("shows linked accounts only where there are any, or a provider to link", async () => {
  const linked = {
    id: "i",
    provider: "gitlab",
    provider_name: "GitLab",
    issuer: "https://gl",
    name: "ada",
    created_at: AT,
    last_used_at: AT,
  };
  const providers = [
    { id: "gitlab", name: "GitLab" },
    { id: "github", name: "GitHub" },
  ];
  open("profile", {
    "/api/v1/me/profile": PROFILE,
    "/api/v1/me/identities": page(linked),
    "/api/v1/session": { providers },
  });
  expect(await screen.findByRole("button", { name: "Unlink…" })).toBeTruthy();
  expect(await screen.findByRole("button", { name: "Link GitHub" })).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Link GitLab" })).toBeNull();
});

it("shows nothing about accounts elsewhere where this site knows none", async () => {
  open("profile", {
    "/api/v1/me/profile": PROFILE,
    "/api/v1/me/identities": page(),
    "/api/v1/session": { providers: [] },
  });
  await screen.findByLabelText(/E-mail/);
  expect(screen.queryByText("Signing in elsewhere")).toBeNull();
});

it("makes a token that may only look and ends, unless something else is chosen, and shows it once with a command", async () => {
  const { writes } = open("tokens", {
    "GET /api/v1/me/tokens": page(),
    "POST /api/v1/me/tokens": { ...token(), token: "dcu_secret" },
  });
  await userEvent.type(await screen.findByLabelText(/Name/), "release script");
  await userEvent.click(screen.getByRole("button", { name: "Make a token" }));
  const command = await screen.findByRole("region", { name: "command" });
  expect(command.textContent).toContain("Authorization: Bearer dcu_secret");
  const body = writes()[0]?.body as { scope: string; expires_at: string };
  expect(body.scope).toBe("read");
  expect(Math.round((Date.parse(body.expires_at) - Date.now()) / 86_400_000)).toBe(90);
});

it("offers to rotate and revoke what is good, and neither for what has ended", async () => {
  const ended = token({ id: "t2", name: "old", revoked_at: AT, state: "revoked" });
  const { writes } = open("tokens", {
    "GET /api/v1/me/tokens": page(token(), ended),
    "POST /api/v1/me/tokens/t1/rotate": { ...token({ id: "t3" }), token: "dcu_new" },
  });
  const [, good, gone] = await screen.findAllByRole("row");
  expect(within(gone as HTMLElement).queryAllByRole("button", { name: /Rotate|Revoke/ })).toHaveLength(0);
  await userEvent.click(within(good as HTMLElement).getByRole("button", { name: "Rotate…" }));
  await userEvent.selectOptions(await screen.findByLabelText("The old one stays good"), "1");
  await userEvent.click(screen.getByRole("button", { name: "Rotate" }));
  expect((await screen.findByRole("region", { name: "new token" })).textContent).toBe("dcu_new");
  expect(screen.getAllByText("does not end"), "in the list and in the dialog").toHaveLength(2);
  expect(writes()[0]?.body).toEqual({ overlap_hours: 1 });
});

it("signs other browsers out, never this one", async () => {
  const other = session({ id: "aaaaaaaaaaaaaaaa", browser: "Chrome on Android", current: false });
  const { writes } = open("sessions", {
    "GET /api/v1/me/sessions": page(session(), other),
    "DELETE /api/v1/me/sessions/aaaaaaaaaaaaaaaa": () => new Response(null, { status: 204 }),
    "DELETE /api/v1/me/sessions": { count: 1 },
  });
  const buttons = await screen.findAllByRole("button", { name: /^Sign out (Firefox|Chrome)/ });
  expect(buttons.map((one) => one.getAttribute("aria-label"))).toEqual(["Sign out Chrome on Android"]);
  await userEvent.click(buttons[0] as HTMLElement);
  await userEvent.click(screen.getByRole("button", { name: "Sign out everywhere else…" }));
  expect(await screen.findByText(/1 other browser is/)).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "Sign out everywhere else" }));
  await waitFor(() =>
    expect(writes().map(({ path }) => path)).toEqual(["/api/v1/me/sessions/aaaaaaaaaaaaaaaa", "/api/v1/me/sessions"]),
  );
});

it("takes a choice about the page at once, and takes it back when it cannot be stored", async () => {
  const refuse = () => problem(403, { title: "Not allowed", detail: "This token may only look." });
  const { writes } = open("appearance", { "GET /api/v1/me/settings": SETTINGS, "PUT /api/v1/me/settings": refuse });
  await userEvent.click(await screen.findByRole("radio", { name: /Compact/ }));
  expect(await screen.findByText(/This token may only look/)).toBeTruthy();
  expect(screen.getByRole<HTMLInputElement>("radio", { name: /Comfortable/ }).checked).toBe(true);
  expect(writes()[0]?.body).toEqual({ density: "compact" });
});

function Synced() {
  usePreferenceSync();
  return <Time at={AT} />;
}

it("shows the page as the account likes it, and tells the account what is chosen in passing", async () => {
  let stored: PageSettings = { ...SETTINGS, theme: "dark", density: "compact", times: "local", keys: "off" };
  const asked = fakeApi({
    "GET /api/v1/me/settings": () => Response.json(stored),
    "PUT /api/v1/me/settings": () => {
      stored = { ...stored, times: "utc" };
      return Response.json(stored);
    },
  });
  renderAt("/", "/", <Synced />);
  await waitFor(() => expect(document.documentElement.dataset.density).toBe("compact"));
  expect(document.documentElement.dataset.mantineColorScheme).toBe("dark");
  expect(preferences().keys).toBe("off");
  await userEvent.click(screen.getByRole("button"));
  expect(screen.getByText("2026-11-21 10:00:00Z")).toBeTruthy();
  await waitFor(() => expect(asked.map(({ method }) => method)).toEqual(["GET", "PUT"]), { timeout: 3000 });
  expect(asked[1]?.body).toEqual({ times: "utc" });
});

it("shows nothing at an address that is no part of the account", async () => {
  open("wings", {});
  expect(await screen.findByText(/Does not exist/)).toBeTruthy();
});
