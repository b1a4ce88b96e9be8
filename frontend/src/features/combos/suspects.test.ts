import { expect, it } from "vitest";
import { edge, node } from "@/testing/builders";
import { suspectsFirst, suspectsOf, suspicionText } from "./suspects";

it("suspects what failed and all that stands before it, and nothing else", () => {
  const nodes = [
    node("1", { project: "core", state: "success" }),
    node("1.1", { project: "net", state: "success" }),
    node("1.2", { project: "ui", state: "success" }),
    node("1.1.1", { project: "app", state: "failed" }),
  ];
  const edges = [edge("1", "1.1"), edge("1", "1.2"), edge("1.1", "1.1.1")];
  const suspects = suspectsOf({ nodes, edges });
  expect(Object.fromEntries(suspects)).toEqual({ core: ["app"], net: ["app"], app: ["app"] });
  const changed = ["docs", "net", "ui", "core"].map((name) => ({ project: { name } }));
  expect(suspectsFirst(changed, suspects).map((one) => one.project.name)).toEqual(["net", "core", "docs", "ui"]);
});

it("says what points at a project", () => {
  expect(suspicionText("net", ["app", "web"])).toBe("app, web failed after it");
  expect(suspicionText("app", ["app"])).toBe("failed itself");
});
