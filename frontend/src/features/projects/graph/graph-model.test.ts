import { describe, expect, it } from "vitest";
import type { WholeGraph } from "@/lib/api/types";
import { cardsIn, type GraphProject, pictureOf, type Wish, withCycle } from "./graph-model";

const graph = (edges: string[], more: Record<string, Partial<GraphProject>> = {}, alone: string[] = []): WholeGraph => {
  const pairs = edges.map((edge) => edge.split(" > ") as [string, string]);
  const names = [...new Set([...pairs.flat(), ...alone])].sort();
  const nodes = names.map((name) => ({
    id: `id of ${name}`,
    name,
    owner: null,
    ci: "agent" as const,
    enabled: true,
    status: null,
    at: null,
    upstream_count: pairs.filter(([, to]) => to === name).length,
    downstream_count: pairs.filter(([from]) => from === name).length,
    distance: null,
    ...more[name],
  }));
  const drawn = pairs.map(([from, to]) => ({
    upstream: `id of ${from}`,
    downstream: `id of ${to}`,
    join: "all" as const,
    enabled: true,
  }));
  return { total: nodes.length, focus: null, nodes, edges: drawn };
};
const wish = (more: Partial<Wish> = {}): Wish => ({ q: "", group: "", open: new Set(), focus: null, ...more });
const names = (projects: readonly { name: string }[]) => projects.map((one) => one.name);
const lines = (picture: { lines: readonly { from: string; to: string }[] }) =>
  picture.lines.map((line) => `${line.from} > ${line.to}`);

describe("the picture of all projects", () => {
  it("leaves out what stands alone, and lists it apart", () => {
    const picture = pictureOf(graph(["a > b"], {}, ["alone"]), wish());
    expect(names(picture.projects)).toEqual(["a", "b"]);
    expect(names(picture.orphans)).toEqual(["alone"]);
  });

  it("draws what is asked for even when it stands alone", () => {
    expect(names(pictureOf(graph([], {}, ["alone"]), wish({ focus: "alone" })).projects)).toEqual(["alone"]);
  });

  it("keeps of a filter what matches and its neighbours, and says which is which", () => {
    const picture = pictureOf(graph(["a > b", "b > core", "core > d", "d > e"]), wish({ q: "COR" }));
    expect(names(picture.projects)).toEqual(["b", "core", "d"]);
    expect(picture.matching).toEqual(new Set(["core"]));
    expect(lines(picture)).toEqual(["b > core", "core > d"]);
  });

  it("shows one card for each owner, with one line between two of them", () => {
    const owned = { a: { owner: "web" }, b: { owner: "web" }, c: { owner: "ops" }, d: { owner: "ops" } };
    const picture = pictureOf(graph(["a > c", "b > c", "b > d", "d > e"], owned), wish({ group: "owner" }));
    expect(picture.groups.map((group) => [group.name, group.members.length])).toEqual([
      ["web", 2],
      ["ops", 2],
    ]);
    expect(names(picture.projects)).toEqual(["e"]);
    expect(lines(picture)).toEqual(["owner: web > owner: ops", "owner: ops > e"]);
    expect(cardsIn(picture)).toBe(3);
  });

  it("groups by itself only what is too much to overlook", () => {
    const chain = (count: number) =>
      graph(
        Array.from({ length: count }, (_, i) => `p${i} > p${i + 1}`),
        { p0: { owner: "web" } },
      );
    expect(pictureOf(chain(10), wish({ group: "auto" })).groups).toEqual([]);
    expect(pictureOf(chain(80), wish({ group: "auto" })).groups.map((group) => group.name)).toEqual(["without owner"]);
  });

  it("shows an open group project by project", () => {
    const owned = { a: { owner: "web" }, b: { owner: "web" } };
    const picture = pictureOf(graph(["a > b"], owned), wish({ group: "owner", open: new Set(["owner: web"]) }));
    expect([names(picture.projects), picture.groups.length]).toEqual([["a", "b"], 0]);
  });

  it("lets a group look like the worst of its members, and names those that failed", () => {
    const results = { a: { status: "SUCCESS" as const }, b: { status: "FAILED" as const }, c: {} };
    const [group] = pictureOf(graph(["a > b", "b > c"], results), wish({ group: "ci" })).groups;
    expect([group?.state, group?.bad, group?.counts]).toEqual([
      "failed",
      ["b"],
      [
        ["failed", 1],
        ["success", 1],
      ],
    ]);
  });

  it("lights what a refused dependency would close a cycle with", () => {
    const picture = pictureOf(graph(["a > b", "b > c", "b > d"]), wish());
    const lit = withCycle(picture.lines, ["c", "a", "b", "c"]);
    expect(lit.filter((line) => line.critical).map((line) => `${line.from} > ${line.to}`)).toEqual(["a > b", "b > c"]);
    expect(withCycle(picture.lines, null)).toBe(picture.lines);
  });
});
