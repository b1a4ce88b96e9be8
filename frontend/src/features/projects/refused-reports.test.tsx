import { screen, within } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { project } from "@/testing/builders";
import { fakeApi } from "@/testing/fake-api";
import { renderAt } from "@/testing/render";
import { NoEventYet } from "./no-event-yet";
import { RefusedReports } from "./refused-reports";

const PATH = "/api/v1/projects/core/refusals";
const refusal = {
  id: "r1",
  at: "2026-11-21T10:00:00.000Z",
  route: "/api/v1/events",
  status: 422,
  detail: "Some fields are missing, unknown or wrong. status: Must be one of: SUCCESS.",
  fix: "Correct the fields that are named.",
};
const page = (...items: unknown[]) => ({ items, next_cursor: null });

beforeEach(() => {
  vi.unstubAllGlobals();
});

it("shows whoever waits what was refused, with the reason and what to do", async () => {
  fakeApi({ [PATH]: page(refusal) });
  renderAt("/", "/", <NoEventYet project={project({ role: "maintainer" })} />);
  const list = within(await screen.findByRole("list", { name: "Refused reports" }));
  expect(list.getByRole("listitem").textContent).toMatch(
    /422 POST \/api\/v1\/events.*status: Must be.*Correct the fields/,
  );
  expect(screen.getByText(/Waiting for the first event/)).toBeTruthy();
});

it("asks nothing for viewers, who could not mend it", async () => {
  const asked = fakeApi({ [PATH]: page(refusal) });
  renderAt("/", "/", <NoEventYet project={project({ role: "viewer" })} />);
  expect(await screen.findByText(/Waiting for the first event/)).toBeTruthy();
  expect(asked).toEqual([]);
});

it("takes no room on the page of a project whose reports are accepted", async () => {
  const asked = fakeApi({ [PATH]: page() });
  renderAt("/", "/", <RefusedReports project={project({ role: "owner" })} />);
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  expect(screen.queryByRole("heading")).toBeNull();
});
