import { screen, within } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { combo, member, project } from "@/testing/builders";
import { fakeApi } from "@/testing/fake-api";
import { renderAt } from "@/testing/render";
import { LastCombo } from "./last-combo";

beforeEach(() => {
  vi.unstubAllGlobals();
});

it("shows the members, their commits, and the lock file in both forms", async () => {
  const members = [member("core", "9fceb02d0ae598e95dc970b74767f19372d61af8"), member("app", "c3d0be4")];
  const one = combo({ members, mixed: true });
  fakeApi({ "/api/v1/combos": { items: [one], next_cursor: null }, "/api/v1/projects/core/combo": one });
  renderAt("/", "/", <LastCombo project={project()} />);
  const list = within(await screen.findByRole("list", { name: "Members" }));
  expect(list.getByRole("button", { name: "9fceb02" })).toBeTruthy();
  expect(list.getByRole("link", { name: "app" }).getAttribute("href")).toBe("/projects/app");
  const env = screen.getByRole("link", { name: ".env" });
  expect(env.getAttribute("href")).toBe("/api/v1/combos/t%3A1%3A1/lock?format=dotenv");
  expect(env.getAttribute("download")).toBe("core.lock.env");
  expect(screen.getByText(/more than one commit/)).toBeTruthy();
});

it("asks for no combo where there is none", async () => {
  const asked = fakeApi({ "/api/v1/combos": { items: [], next_cursor: null } });
  renderAt("/", "/", <LastCombo project={project()} />);
  expect(await screen.findByText("No combo yet")).toBeTruthy();
  expect(asked).toHaveLength(1);
});
