import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import type { Dependency } from "@/lib/api/types";
import { project } from "@/testing/builders";
import { fakeApi, problem } from "@/testing/fake-api";
import { renderAt } from "@/testing/render";
import { DependenciesSection } from "./settings/dependencies-section";

const PATH = "/api/v1/projects/app/dependencies";
const NONE = { include: [], exclude: [] };
const EDGE: Dependency = {
  id: "d1",
  upstream: { id: "p", name: "core" },
  downstream: { id: "q", name: "app" },
  join: "all",
  enabled: true,
  filters: { branches: { include: ["main"], exclude: [] }, tags: NONE, pipelines: { include: ["build"], exclude: [] } },
  ref: { use: "same", value: null },
  parameters: { CORE: "x" },
  created_at: "2026-11-21T10:00:00.000Z",
};

beforeEach(() => {
  vi.unstubAllGlobals();
});

async function open(replies: Record<string, unknown>, button: string) {
  const asked = fakeApi({
    [`GET ${PATH}`]: { upstream: [EDGE], downstream: [] },
    "/api/v1/projects/app": project({ name: "app" }),
    "/api/v1/projects": { items: [], next_cursor: null },
    ...replies,
  });
  renderAt("/", "/", <DependenciesSection project={project({ name: "app" })} />);
  await userEvent.click(await screen.findByRole("button", { name: button }));
  return { asked, dialog: within(await screen.findByRole("dialog")) };
}

it("shows the path of a cycle", async () => {
  const refusal = () => problem(409, { title: "Conflict", detail: "A cycle.", cycle: ["web", "app", "web"] });
  const { dialog } = await open({ [`POST ${PATH}`]: refusal }, "Add a dependency");
  await userEvent.type(dialog.getByRole("combobox", { name: /^Upstream/ }), "web");
  await userEvent.click(dialog.getByRole("button", { name: "Add" }));
  const chips = within(await dialog.findByRole("list", { name: "The cycle" })).getAllByRole("listitem");
  expect(chips.map((chip) => chip.textContent)).toEqual(["web", "app", "web"]);
});

it("keeps all rules of a dependency that is changed, and says beside a parameter what is wrong with it", async () => {
  const refusal = () =>
    problem(422, { title: "Invalid", detail: "x", errors: { parameters: ["CORE: it is not known"] } });
  const { asked, dialog } = await open({ [`PATCH ${PATH}/d1`]: refusal }, "Change…");
  const value = dialog.getByRole("textbox", { name: "Value of CORE" });
  await userEvent.clear(value);
  await userEvent.click(dialog.getByText("What a value may hold"));
  await userEvent.click(dialog.getByText(/\{tree\.id\}/));
  await userEvent.click(dialog.getByRole("button", { name: "Save" }));
  expect(await dialog.findByText("it is not known")).toBeTruthy();
  expect(value.getAttribute("aria-invalid")).toBe("true");
  expect(asked.find((one) => one.method === "PATCH")?.body).toEqual({
    join: "all",
    filters: EDGE.filters,
    ref: { use: "same", value: null },
    parameters: { CORE: ["$", "{tree.id}"].join("") },
  });
});
