import { act, screen } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { build, step } from "@/testing/builders";
import { fakeApi } from "@/testing/fake-api";
import { renderAt } from "@/testing/render";
import { BuildPage, stepToShow } from "./build-page";

beforeEach(() => {
  vi.unstubAllGlobals();
});

it("opens at the step that failed, else the one that runs, else the last that ran", () => {
  const done = step(0, { state: "success" });
  expect(stepToShow([done, step(1, { state: "failed" }), step(2, { state: "skipped" })])?.n).toBe(1);
  expect(stepToShow([done, step(1, { state: "running" }), step(2)])?.n).toBe(1);
  expect(stepToShow([done, step(1, { state: "success" })])?.n).toBe(1);
  expect(stepToShow([])).toBeUndefined();
});

it("asks for the log of the running step and follows the build by its topic", async () => {
  let current = build({ steps: [step(0, { state: "running", name: "unit" })] });
  fakeApi({ "/api/v1/builds/b1": () => Response.json(current) });
  const { socket } = renderAt("/builds/b1", "/builds/:build", <BuildPage />);
  act(() => socket.open());
  await screen.findByRole("log", { name: "Log of unit" });
  expect(socket.sent).toContainEqual({ op: "subscribe", topic: "build:b1:log", step: 0, from: 0 });
  current = build({ state: "success", steps: [step(0, { state: "success", name: "unit" })] });
  act(() => socket.say({ topic: "build:b1", version: 2, build: { state: "success" } }));
  expect(await screen.findByText("success", { selector: "header span" })).toBeTruthy();
});

it("shows the reason instead of a log when no step ran", async () => {
  const reason = { code: "no_pipeline", params: {}, text: "No pipeline matches branch main" };
  fakeApi({ "/api/v1/builds/b1": build({ state: "skipped", reason }) });
  renderAt("/builds/b1", "/builds/:build", <BuildPage />);
  expect(await screen.findByRole("heading", { name: "No step ran" })).toBeTruthy();
  expect(screen.getAllByText("No pipeline matches branch main").length).toBeGreaterThan(0);
});

it("says of an unknown build only that it does not exist or may not be seen", async () => {
  fakeApi({});
  renderAt("/builds/nope", "/builds/:build", <BuildPage />);
  expect(await screen.findByRole("heading", { name: "Does not exist, or you may not see it" })).toBeTruthy();
});
