import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import type { LookAhead } from "@/lib/api/types";
import { preview } from "@/testing/builders";
import { fakeApi, problem } from "@/testing/fake-api";
import { renderAt } from "@/testing/render";
import { ConnectionsPage } from "./connections-page";
import { PreviewPage } from "./preview-page";

vi.mock("./preview-graph", () => ({ PreviewGraph: () => null }));

const ahead = (more: Partial<LookAhead> = {}): LookAhead => ({ ...preview(), owners: [], ...more });

const DROPPED = {
  upstream: { sub_id: "1", project: "core" },
  downstream: { sub_id: "1.2", project: "nightly" },
  text: "branch main is not in release/*",
};

beforeEach(() => {
  vi.unstubAllGlobals();
});

it("asks nothing until a project is named, then what the address says", async () => {
  const asked = fakeApi({
    "POST /api/v1/projects/core/preview": ahead(),
    "/api/v1/projects": { items: [], next_cursor: null },
  });
  const { router } = renderAt("/preview?branch=main", "/preview", <PreviewPage />);
  expect(await screen.findByText("Which project?")).toBeTruthy();
  await userEvent.type(screen.getByRole("combobox", { name: /^Project/ }), "core");
  await userEvent.click(screen.getByRole("button", { name: "Preview" }));
  expect(await screen.findByText(/Nothing depends on core/)).toBeTruthy();
  expect(asked.find((one) => one.method === "POST")?.body).toEqual({ branch: "main" });
  expect(router.state.location.search).toBe("?project=core&branch=main");
  expect(screen.getByText(/events\?dry_run=true/)).toBeTruthy();
});

it("names whom it touches", async () => {
  const owners = [
    { name: "team-net", contact: "#net-ci", projects: 2 },
    { name: null, contact: "#docs", projects: 1 },
  ];
  fakeApi({ "POST /api/v1/projects/core/preview": ahead({ owners }) });
  renderAt("/preview?project=core", "/preview", <PreviewPage />);
  const rows = within(await screen.findByRole("list", { name: "Owners" })).getAllByRole("listitem");
  expect(rows.map((row) => row.textContent)).toEqual(["team-net #net-ci · 2 projects", "#docs 1 project"]);
  expect(screen.getByRole("button", { name: "Copy as curl" })).toBeTruthy();
});

it.each([
  ["/preview?project=nonsense", "/preview", <PreviewPage key="p" />, /^Preview$/],
  ["/projects/nonsense/connections", "/projects/:project/connections", <ConnectionsPage key="c" />, /^Does not exist/],
])("%s, of which there is none, has one heading", async (address, pattern, page, heading) => {
  fakeApi({ "/api/v1/projects": { items: [], next_cursor: null } });
  renderAt(address, pattern, page);
  await vi.waitFor(() => expect(screen.queryByText(/^There is no such thing|^Does not exist/)).toBeTruthy());
  expect(screen.getAllByRole("heading", { level: 1 }).map((one) => one.textContent)).toEqual([
    expect.stringMatching(heading),
  ]);
});

it("says why no tree would open", async () => {
  fakeApi({ "POST /api/v1/projects/core/preview": ahead({ reason: "core is switched off" }) });
  renderAt("/preview?project=core", "/preview", <PreviewPage />);
  expect(await screen.findByText("core is switched off")).toBeTruthy();
});

it("shows which target fails at which step, and what to do", async () => {
  const connection = (name: string, ok: boolean) => ({
    project: { id: name, name },
    kind: "webhook",
    ok,
    duration_ms: 41,
    findings: [
      { step: "address", ok: true, detail: "may be used", fix: null, duration_ms: 3 },
      {
        step: "connection",
        ok,
        detail: ok ? "answers" : "refused",
        fix: ok ? null : "Look whether it runs.",
        duration_ms: 41,
      },
    ],
  });
  fakeApi({
    "POST /api/v1/projects/core/test-connections": {
      ...preview({ dropped: [DROPPED] }),
      ok: false,
      text: "1 of 2 projects can be triggered",
      connections: [connection("net", true), connection("ui", false)],
      untested: 0,
    },
  });
  renderAt("/projects/core/connections", "/projects/:project/connections", <ConnectionsPage />);
  expect(await screen.findByText("1 of 2 projects can be triggered")).toBeTruthy();
  const rows = within(screen.getByRole("list", { name: "Connections" })).getAllByRole("link");
  expect(rows.map((row) => row.textContent)).toEqual(["ui", "net"]);
  expect(screen.getByText("→ Look whether it runs.")).toBeTruthy();
  expect(screen.getByText("branch main is not in release/*")).toBeTruthy();
  expect(screen.getByRole("note").textContent).toContain("Nothing is triggered");
});

it("shows that others are testing, and tries again", async () => {
  let busy = true;
  const reply = () =>
    busy
      ? problem(429, { title: "Too many requests", detail: "Other connections are being tested." })
      : Response.json({ ...preview(), ok: true, text: "all can", connections: [], untested: 0 });
  fakeApi({ "POST /api/v1/projects/core/test-connections": reply });
  renderAt("/projects/core/connections", "/projects/:project/connections", <ConnectionsPage />);
  expect(await screen.findByText("Other connections are being tested.")).toBeTruthy();
  busy = false;
  await userEvent.click(screen.getByRole("button", { name: "Retry" }));
  expect(await screen.findByText("all can")).toBeTruthy();
});
