import { screen, within } from "@testing-library/react";
import { expect, it } from "vitest";
import type { BuildComparison } from "@/lib/api/types";
import { build } from "@/testing/builders";
import { fakeApi } from "@/testing/fake-api";
import { renderAt } from "@/testing/render";
import { ComparePage } from "./compare-page";

const run = (build_id: string, name: string, state: "success" | "failed", took_ms: number) => ({
  ...{ build_id, n: 1, pipeline: "build", stage: "test", name, hook: null },
  ...{ state, took_ms, ignored: false },
});

const comparison = (more: Partial<BuildComparison> = {}): BuildComparison => ({
  build: build({ state: "failed", commit: "c".repeat(40) }),
  base: build({ id: "b0", number: 5, state: "success" }),
  compare_url: "https://github.com/acme/core/compare/a...c",
  steps: [
    { old: run("b0", "unit", "success", 1000), new: run("b1", "unit", "failed", 61_000), difference: "broke" },
    { old: run("b0", "lint", "success", 1000), new: run("b1", "lint", "success", 1100), difference: "same" },
  ],
  artifacts: [],
  parameters: [{ name: "LEVEL", old: null, new: "3" }],
  ...more,
});

it("names the suspect first, links each side's own log, and folds what went as before", async () => {
  fakeApi({ "/api/v1/builds/b1/compare": comparison() });
  renderAt("/builds/b1/compare", "/builds/:build/compare", <ComparePage />);
  const [differing] = await screen.findAllByRole("table", { name: "Steps side by side" });
  const row = within(differing as HTMLElement).getByRole("row", { name: /unit/ });
  expect(row.textContent).toContain("suspect");
  expect(row.textContent).toContain("+1m 00s");
  expect(
    within(row)
      .getAllByRole("link")
      .map((link) => link.getAttribute("href")),
  ).toEqual(["/builds/b0?step=1", "/builds/b1?step=1"]);
  expect(screen.getByText("1 step went as before")).toBeTruthy();
  expect(screen.getByRole("link", { name: /commits between/ }).getAttribute("href")).toContain("github.com");
  expect(screen.getByRole("row", { name: /LEVEL/ }).textContent).toContain("not given");
});

it("says where there is no green build to compare with", async () => {
  fakeApi({ "/api/v1/builds/b1/compare": comparison({ base: null, steps: [] }) });
  renderAt("/builds/b1/compare", "/builds/:build/compare", <ComparePage />);
  expect(await screen.findByRole("heading", { name: "No green build before it" })).toBeTruthy();
});
