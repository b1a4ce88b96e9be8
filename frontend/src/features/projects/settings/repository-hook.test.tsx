import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import type { RepositoryHook as Hook, HookDelivery } from "@/lib/api/types";
import { project } from "@/testing/builders";
import { fakeApi } from "@/testing/fake-api";
import { renderAt } from "@/testing/render";
import { RepositoryHook } from "./repository-hook";

const PATH = "/api/v1/projects/core";
const AT = "2026-11-21T10:00:00.000Z";

beforeEach(() => {
  vi.unstubAllGlobals();
});

const hook = (more: Partial<Hook> = {}): Hook => ({
  kind: "github",
  url: "https://ci.example/hooks/github",
  state: null,
  hook_id: null,
  text: null,
  may_make: true,
  secret_set_at: null,
  made_at: null,
  looked_at: null,
  ...more,
});

const delivery: HookDelivery = {
  id: "d1",
  repository: "github.com/octo-org/core",
  event: "push",
  delivery: "72d3162e",
  text: "web_main builds 9fceb02d0ae5",
  builds: [{ id: "b1", number: 12, url: "/builds/b1" }],
  replayed: true,
  received_at: AT,
};

function open(now: Hook, replies: Record<string, unknown> = {}) {
  const asked = fakeApi({
    [`GET ${PATH}/repository-hook`]: now,
    [`GET ${PATH}/hook-deliveries`]: { items: [delivery], next_cursor: null },
    ...replies,
  });
  renderAt("/", "/", <RepositoryHook project={project()} />);
  return { sent: (method: string) => asked.findLast((one) => one.method === method) };
}

it("has the webhook made where the access allows it, and tells what came of it", async () => {
  const { sent } = open(hook(), {
    [`POST ${PATH}/repository-hook`]: hook({ state: "failed", text: "GitHub answered 403." }),
  });
  await userEvent.click(await screen.findByRole("button", { name: "Make the webhook" }));
  expect(await screen.findByText(/could not be made: GitHub answered 403/)).toBeTruthy();
  expect(sent("POST")?.path).toBe(`${PATH}/repository-hook`);
});

it("shows what is entered by hand where the access can only read", async () => {
  open(hook({ may_make: false }), {
    [`POST ${PATH}/hook-secret`]: { url: "https://ci.example/hooks/github", secret: "s3cret" },
  });
  await userEvent.click(await screen.findByRole("button", { name: "Make its secret" }));
  expect((await screen.findByRole("region", { name: "webhook secret" })).textContent).toBe("s3cret");
  expect(screen.getByText(/Pushes, Pull requests/)).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Make the webhook" })).toBeNull();
});

it("lists what the webhook told, with the builds that came of it", async () => {
  open(hook({ state: "made", made_at: AT }));
  const table = within(await screen.findByRole("table", { name: "Deliveries" }));
  expect(table.getByText(/it had not arrived/)).toBeTruthy();
  expect(table.getByRole("link", { name: "#12" }).getAttribute("href")).toBe("/builds/b1");
});

it("offers nothing for a repository that is at neither", async () => {
  open(hook({ kind: null }));
  expect(await screen.findByText(/a trigger that polls it/)).toBeTruthy();
  expect(screen.queryByRole("table")).toBeNull();
});
