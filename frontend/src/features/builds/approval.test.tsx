import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import type { Build } from "@/lib/api/types";
import { build, project } from "@/testing/builders";
import { fakeApi, problem } from "@/testing/fake-api";
import { renderAt } from "@/testing/render";
import { Approval } from "./approval";

beforeEach(() => {
  vi.unstubAllGlobals();
});

// the first to be shown waits for all that it stands on
const LATE = { timeout: 15_000 };

const waits = (more: Partial<Build> = {}) => build({ state: "queued", approval: "needed", ...more });

it("approves the very commit that is shown, and says what is refused", async () => {
  const asked = fakeApi({
    "/api/v1/projects/core": project({ role: "maintainer" }),
    "POST /api/v1/builds/b1/approve": () => problem(409, { title: "Conflict", detail: "A newer push took its place." }),
  });
  renderAt("/", "/", <Approval build={waits()} />);
  await userEvent.click(await screen.findByRole("button", { name: "Approve this commit" }, LATE));
  expect(await screen.findByText(/A newer push took its place/)).toBeTruthy();
  expect(asked.at(-1)?.body).toEqual({ commit: waits().commit });
});

it("offers it to nobody else, and not once it is over", async () => {
  const asked = fakeApi({ "/api/v1/projects/core": project({ role: "viewer" }) });
  const { rerender } = renderAt("/", "/", <Approval build={waits()} />);
  expect(await screen.findByText(/Ask a maintainer of core/)).toBeTruthy();
  await waitFor(() => expect(asked).toHaveLength(1));
  expect(screen.queryByRole("button", { name: /Approve/ })).toBeNull();
  rerender(<p />);
  renderAt("/", "/", <Approval build={waits({ state: "cancelled" })} />);
  expect(await screen.findByText("It was never approved.")).toBeTruthy();
});
