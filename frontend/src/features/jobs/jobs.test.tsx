import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import type { Folder, Job, Trigger } from "@/lib/api/types";
import { build } from "@/testing/builders";
import { fakeApi, problem } from "@/testing/fake-api";
import { renderAt } from "@/testing/render";
import { JobsAddress } from "./jobs-address";
import { NewJobPage } from "./new-job-page";

const AT = "2026-11-21T10:00:00.000Z";
const END = "2026-11-21T10:00:09.000Z";

// parts of the page are fetched on their own: on a busy machine that takes longer than a test waits by itself
vi.setConfig({ testTimeout: 30_000 });
const LATE = { timeout: 15_000 };

beforeEach(() => {
  vi.unstubAllGlobals();
});

const job = (more: Partial<Job> = {}): Job => ({
  ...{ id: "j1", name: "hello", path: "tools/hello", title: "", kind: "job", file: null, ref: null, checkout: false },
  ...{ folder: { id: "f1", path: "tools" }, project: { id: "p", name: "hello" }, copied_from: null, pull: null },
  ...{ version: 2, format: "job", enabled: true, copies: { branches: 0, pulls: 0 }, next_at: null, recent: [] },
  ...{
    role: "maintainer",
    created_by: "ada",
    created_at: AT,
    changed_at: AT,
    closed_at: null,
    url: "/jobs/tools/hello",
  },
  definition: { number: 2, format: "job", present: true, created_by: "ada", created_at: AT, text: "title: Greet\n" },
  parameters: [{ name: "NAME", required: true, default: "World" }],
  ...more,
});

const folder = (more: Partial<Folder> = {}): Folder => ({
  ...{ id: "f1", name: "tools", path: "tools", parent: null, folders: 0, jobs: 1, changeable: true },
  ...{ created_by: "ada", created_at: AT },
  ...more,
});

const recent = (number: number, state: "success" | "failed") => ({
  ...{ id: `b${number}`, number, state, branch: "main", created_at: AT, started_at: AT, finished_at: END },
});

const page = <T,>(...items: T[]) => ({ items, next_cursor: null });
const VALID = { valid: true, problems: [], warnings: [], pipelines: [] };
const ONE = "/api/v1/jobs/tools%2Fhello";

const at = (path: string, replies: Record<string, unknown>) => {
  const asked = fakeApi({ "POST /api/v1/definitions/check": VALID, ...replies });
  const sent = (method: string) => asked.filter((one) => one.method === method && !one.path.includes("/check"));
  return { ...renderAt(path, "/jobs/*", <JobsAddress />), asked, sent };
};

it("shows folders, jobs with their last builds, and copies when they are asked for", async () => {
  const copy = job({ id: "j2", kind: "pull_request", path: "tools/hello_pr25", name: "hello_pr25" });
  const pull = { number: 25, title: "Mend it", author: "eve", url: null, head: null, fork: true };
  at("/jobs/tools/", {
    "/api/v1/folders/tools": folder(),
    "/api/v1/folders": page(folder({ id: "f2", name: "deep", path: "tools/deep", jobs: 3 })),
    "/api/v1/jobs": page(
      job({ copies: { branches: 1, pulls: 1 }, recent: [recent(2, "failed"), recent(1, "success")] }),
    ),
    "/api/v1/jobs/j1/copies": page({ ...copy, pull }),
  });
  const deep = await screen.findByRole("row", { name: /deep/ }, LATE);
  expect(within(deep).getByRole("link").getAttribute("href")).toBe("/jobs/tools/deep/");
  const row = screen.getByRole("row", { name: /hello/ });
  expect(within(row).getByText("failed")).toBeTruthy();
  expect(within(row).getByRole("img", { name: "Last 2: 1 success, 1 failed; the newest failed" })).toBeTruthy();
  await userEvent.click(within(row).getByRole("button", { name: "Show 1 branch, 1 pull request" }));
  const below = await screen.findByRole("link", { name: "pull request #25 Mend it" });
  expect(below.getAttribute("href")).toBe("/jobs/tools/hello_pr25");
});

it("takes an address without a slash for a job, else for a folder, and for neither says that there is none", async () => {
  const first = at("/jobs/tools", {
    "/api/v1/folders/tools": folder(),
    "/api/v1/folders": page(),
    "/api/v1/jobs": page(),
  });
  expect(await screen.findByText("Nothing is in this folder yet")).toBeTruthy();
  expect(screen.getAllByRole("link", { name: "New job" })[0]?.getAttribute("href")).toBe("/new-job?folder=tools");
  first.unmount();
  at("/jobs/nothing", {});
  expect(await screen.findByText("Does not exist, or you may not see it")).toBeTruthy();
});

it("tells mistakes at their lines, saves what was typed as a version of the one that was looked at", async () => {
  const wrong = {
    valid: false,
    problems: [{ file: "", line: 2, message: "unknown key" }],
    warnings: [],
    pipelines: [],
  };
  const { sent } = at("/jobs/tools/hello?tab=definition", {
    [ONE]: job(),
    "/api/v1/jobs/j1/definitions": page(),
    "PUT /api/v1/jobs/j1/definition": () =>
      problem(409, { title: "Conflict", detail: "The definition was changed meanwhile by eve." }),
    "POST /api/v1/definitions/check": wrong,
  });
  const field = await screen.findByRole<HTMLTextAreaElement>("textbox", { name: /^Definition/ }, LATE);
  await userEvent.type(field, "stagse:");
  const found = await screen.findByRole("list", { name: "What is to be put right" });
  await userEvent.click(within(found).getByRole("button", { name: "Line 2" }));
  expect(field.value.slice(field.selectionStart, field.selectionEnd)).toBe("stagse:");
  await userEvent.click(screen.getByRole("button", { name: "Save as version 3" }));
  expect(await screen.findByText(/changed meanwhile by eve/)).toBeTruthy();
  expect(sent("PUT")[0]?.body).toEqual({ base: 2, format: "job", text: "title: Greet\nstagse:" });
  expect(field.value).toBe("title: Greet\nstagse:");
});

it("runs with the parameters that the definition asks for, and goes to the build", async () => {
  const { router, sent } = at("/jobs/tools/hello", {
    [ONE]: job(),
    "/api/v1/jobs/j1/builds": page(),
    "POST /api/v1/jobs/j1/builds": build({ id: "b9" }),
  });
  const [run] = await screen.findAllByRole("button", { name: "Run…" });
  await userEvent.click(run as HTMLElement);
  const dialog = within(await screen.findByRole("dialog"));
  expect(dialog.queryByLabelText(/Branch/)).toBeNull();
  await userEvent.type(dialog.getByRole("textbox", { name: "NAME" }), "crew");
  await userEvent.click(dialog.getByRole("button", { name: "Run" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/builds/b9"));
  expect(sent("POST")[0]?.body).toEqual({ parameters: { NAME: "crew" } });
});

it("offers a viewer, and anybody on a closed copy, nothing to do", async () => {
  at("/jobs/tools/hello?tab=triggers", {
    [ONE]: job({ role: "viewer" }),
    "/api/v1/jobs/j1/triggers": page(),
    "/api/v1/jobs/j1/links": page(),
  });
  expect(await screen.findByText("Only people start it", {}, LATE)).toBeTruthy();
  expect(screen.queryAllByRole("button")).toEqual([]);
});

const nightly: Trigger = {
  ...{ id: "t1", job: { id: "j1", path: "tools/hello" }, kind: "schedule", enabled: true, parameters: {}, ref: null },
  ...{ cron: "30 3 * * *", zone: "Asia/Tokyo", missed: "once", every_s: null, branches: [], text: "At 03:30" },
  ...{ url: null, next: [AT, END], created_by: "ada", created_at: AT },
  last: { at: AT, outcome: "failed", text: "The job is switched off.", build: null },
};

it("says of a trigger when it runs next and what came of it, and shows a new webhook's secret once", async () => {
  const hook = {
    ...nightly,
    id: "t2",
    kind: "webhook",
    url: "https://ci.test/hooks/job/t2",
    secret: "s3cret",
    next: [],
  };
  const { sent } = at("/jobs/tools/hello?tab=triggers", {
    [ONE]: job(),
    "/api/v1/jobs/j1/triggers": page(nightly),
    "/api/v1/jobs/j1/links": page(),
    "POST /api/v1/jobs/j1/triggers": () => Response.json(hook, { status: 201 }),
  });
  const row = within(await screen.findByRole("list", { name: "Triggers" }, LATE));
  expect(row.getByText("At 03:30 (Asia/Tokyo)")).toBeTruthy();
  expect(row.getByText("The job is switched off.")).toBeTruthy();
  expect(within(row.getByRole("list", { name: "Next runs" })).getAllByRole("listitem")).toHaveLength(2);
  await userEvent.click(screen.getByRole("button", { name: "Add a webhook" }));
  const lines = screen.getByRole("textbox", { name: "Parameters" });
  await userEvent.type(lines, "nonsense");
  await userEvent.click(screen.getByRole("button", { name: "Add" }));
  expect(await screen.findByText("“nonsense” is not NAME=value.")).toBeTruthy();
  expect(sent("POST")).toEqual([]);
  await userEvent.clear(lines);
  await userEvent.type(lines, "NAME=night");
  await userEvent.click(screen.getByRole("button", { name: "Add" }));
  expect(await screen.findByText("s3cret")).toBeTruthy();
  expect(sent("POST")[0]?.body).toEqual({ kind: "webhook", parameters: { NAME: "night" }, ref: null, branches: [] });
});

it("makes a job in a folder that may be new, and says beside the field what is refused", async () => {
  const asked = fakeApi({
    "/api/v1/folders": page(),
    "/api/v1/projects": page(),
    "POST /api/v1/definitions/check": VALID,
    "POST /api/v1/jobs": () =>
      problem(409, { title: "Conflict", detail: "The path is taken.", errors: { path: ["is taken"] } }),
  });
  renderAt("/new-job?folder=tools&template=repository", "/new-job", <NewJobPage />);
  await userEvent.type(screen.getByRole("textbox", { name: /Name/ }), "hello");
  await userEvent.type(screen.getByRole("textbox", { name: "File" }), ".domino/x.yml");
  await userEvent.click(screen.getByRole("button", { name: "Create the job" }));
  expect(await screen.findByText("is taken")).toBeTruthy();
  const body = { path: "tools/hello", project: null, file: ".domino/x.yml", checkout: true };
  expect(asked.find((one) => one.path === "/api/v1/jobs" && one.method === "POST")?.body).toEqual(body);
});
