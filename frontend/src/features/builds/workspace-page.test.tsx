import { act, screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import type { RunJob, Workspace } from "@/lib/api/types";
import { build } from "@/testing/builders";
import { fakeApi } from "@/testing/fake-api";
import { renderAt } from "@/testing/render";
import { WorkspacePage } from "./workspace-page";

beforeEach(() => {
  vi.unstubAllGlobals();
});

const AT = "2026-11-21T10:00:00.000Z";
const job = (name: string, ended: boolean): RunJob => ({
  ...{ name, build_id: `j-${name}`, state: ended ? "success" : "running", fired_by: [], agent: null },
  ...{ started_at: AT, finished_at: ended ? AT : null },
});
const left = (name: string): Workspace => ({
  ...{ job: null, commit: "9fceb02d0ae598e95dc970b74767f19372d61af8", path: "", cut: false, variables: {} },
  entries: [{ name, path: name, kind: "file", size: 3, executable: false, large: false }],
});

it("follows the run: what each job leaves is there when it ends", async () => {
  let jobs = [job("git", false)];
  let files = left("from-git");
  fakeApi({
    "/api/v1/builds/b1": () => Response.json(build({ jobs })),
    "/api/v1/builds/b1/workspace": () => Response.json(files),
  });
  const { socket } = renderAt("/builds/b1/workspace", "/builds/:build/workspace", <WorkspacePage />);
  act(() => socket.open());
  expect(await screen.findByText("Nothing to see yet")).toBeTruthy();
  jobs = [job("git", true), job("docs", false)];
  act(() => socket.say({ topic: "build:b1", version: 2 }));
  expect(await screen.findByRole("link", { name: "from-git" })).toBeTruthy();
  expect(screen.getByRole("option", { name: "git (success)" })).toBeTruthy();
  jobs = [job("git", true), job("docs", true)];
  files = left("from-docs");
  act(() => socket.say({ topic: "build:b1", version: 3 }));
  expect(await screen.findByRole("link", { name: "from-docs" })).toBeTruthy();
  await waitFor(() => expect(screen.getByRole("option", { name: "docs (success)" })).toBeTruthy());
});
