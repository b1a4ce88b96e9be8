import { expect, it } from "vitest";
import { edge, graph, node } from "@/testing/builders";
import { rowsOf } from "../tree-model";
import { csvOf, itemsOf, nextSorting, readColumns, readSorting, sortRows } from "./table-model";

const at = (seconds: number) => new Date(Date.parse("2026-11-21T10:00:00Z") + seconds * 1000).toISOString();
const rows = rowsOf(
  graph({
    nodes: [
      node("1", { project: "core", state: "success", target: "agent", owner: "team-a" }),
      node("1.1", {
        project: "net",
        state: "failed",
        target: "webhook",
        queued_at: at(0),
        finished_at: at(9),
        attempt: 2,
      }),
      node("1.2", {
        project: "ui",
        state: "success",
        target: "webhook",
        queued_at: at(1),
        finished_at: at(4),
        attempt: 1,
      }),
      node("1.10", { project: "app", state: "running", target: "agent", queued_at: at(2), owner: "team-a" }),
      node("1.1.1", { project: "=cmd", state: "skipped", reason: 'filter "a,b"' }),
    ],
    edges: [edge("1", "1.1"), edge("1", "1.2"), edge("1.1", "1.1.1"), edge("1.2", "1.1.1"), edge("1", "1.10")],
  }),
);
const now = Date.parse(at(62));
const sorted = (text: string) => sortRows(rows, readSorting(text), now).map((row) => row.node.sub_id);

it("sorts by any column, both ways; what has no value comes last", () => {
  expect(sorted("")).toEqual(["1", "1.1", "1.1.1", "1.2", "1.10"]);
  expect(sorted("duration")).toEqual(["1.2", "1.1", "1.10", "1", "1.1.1"]);
  expect(sorted("-duration")).toEqual(["1.10", "1.1", "1.2", "1", "1.1.1"]);
  expect(sorted("-subid")).toEqual(["1.10", "1.2", "1.1.1", "1.1", "1"]);
  expect(sorted("project")).toEqual(["1.1.1", "1.10", "1", "1.1", "1.2"]);
  expect(sorted("owner")).toEqual(["1", "1.10", "1.1", "1.1.1", "1.2"]);
  expect(sorted("nonsense")).toEqual(sorted(""));
});

it("goes upwards, downwards and back to the tree's own order", () => {
  expect(nextSorting(null, "ref")).toBe("ref");
  expect(nextSorting(readSorting("ref"), "ref")).toBe("-ref");
  expect(nextSorting(readSorting("-ref"), "ref")).toBe("");
  expect(nextSorting(readSorting("-ref"), "why")).toBe("why");
});

it("puts rows under headings, the worst first", () => {
  const told = itemsOf(rows, "state").map((item) =>
    "row" in item ? item.row.node.sub_id : `${item.heading} ${item.count}`,
  );
  expect(told).toEqual(["failed 1", "1.1", "running 1", "1.10", "skipped 1", "1.1.1", "success 2", "1", "1.2"]);
  const owners = itemsOf(rows, "owner").flatMap((item) => ("row" in item ? [] : [`${item.heading} ${item.count}`]));
  expect(owners).toEqual(["no owner 3", "team-a 2"]);
});

it("knows which columns were chosen, and always has the project", () => {
  expect(readColumns("")).toBeNull();
  expect([...(readColumns("why,zzz") ?? [])]).toEqual(["why", "project"]);
});

it("writes a file that a spreadsheet reads and does not run", () => {
  const lines = csvOf(rows, now).split("\r\n");
  expect(lines[0]).toBe("State,Project,Sub id,Why,CI,Ref,Started,Duration,Attempt,Owner,Finished,Also after");
  expect(lines[2]).toBe(`failed,net,1.1,,webhook,,${at(0)},9.000,2,,${at(9)},`);
  expect(lines[3]).toBe(`skipped,'=cmd,1.1.1,"filter ""a,b""",agent,,,,0,,,1.2`);
  expect(lines).toHaveLength(7);
});
