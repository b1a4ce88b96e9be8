import { describe, expect, it } from "vitest";
import type { Forecast } from "@/lib/api/types";
import { edge, graph, node } from "@/testing/builders";
import { rowsOf } from "../tree-model";
import { timelineItems } from "./timeline-groups";
import {
  type Bar,
  barsOf,
  clampRange,
  orderBars,
  readRange,
  ticks,
  unionOf,
  wholeRange,
  writeRange,
} from "./timeline-model";
import { barSentence } from "./track";

const OPENED = Date.parse("2026-11-21T10:00:00Z");
const s = (seconds: number) => new Date(OPENED + seconds * 1000).toISOString();
const now = OPENED + 100_000;

const tree = graph({
  nodes: [
    node("1", { state: "success", started_at: s(0), finished_at: s(0) }),
    node("1.1", {
      state: "success",
      target: "webhook",
      attempt: 2,
      queued_at: s(30),
      triggered_at: s(31),
      started_at: s(40),
      finished_at: s(60),
      tries: [
        { attempt: 1, state: "failed", queued_at: s(1), triggered_at: s(2), started_at: s(12), finished_at: s(20) },
      ],
    }),
    node("1.2", { state: "running", target: "agent", attempt: 1, queued_at: s(5), started_at: s(25) }),
    node("1.3", {
      state: "success",
      target: "webhook",
      attempt: 1,
      queued_at: s(0),
      triggered_at: s(0),
      started_at: s(0),
      finished_at: s(10),
    }),
    node("1.1.1", { state: "waiting" }),
    node("1.4", { state: "skipped", finished_at: s(3) }),
  ],
  edges: [
    edge("1", "1.1"),
    edge("1", "1.2"),
    edge("1", "1.3"),
    edge("1.1", "1.1.1"),
    edge("1.2", "1.1.1"),
    edge("1", "1.4"),
  ],
});

const expected = (sub_id: string, more: object) => ({
  ...{ sub_id, project: { id: "p", name: "p" }, state: "waiting", critical: true, p50_s: 50, p90_s: 80, samples: 9 },
  ...{ expected_start: null, expected_end: null, overdue: false, queued_s: null, run_s: null },
  ...more,
});
const forecast = {
  critical_path: ["1", "1.2", "1.1.1"],
  events: [
    expected("1.2", { state: "running", expected_start: s(5), expected_end: s(110), p50_s: 105, p90_s: 130 }),
    expected("1.1.1", { expected_start: s(110), expected_end: s(160) }),
  ],
} as unknown as Forecast;

const bars = barsOf(rowsOf(tree), forecast, now);
const bar = (sub: string) => bars.find((one) => one.row.node.sub_id === sub) as Bar;
const spans = (sub: string) =>
  bar(sub).spans.map(({ phase, from, to, attempt }) => [attempt, phase, (from - OPENED) / 1000, (to - OPENED) / 1000]);

describe("the bars of the timeline", () => {
  it("tell what was lost in CI's queue apart from running, one attempt after the other", () => {
    expect(spans("1.1")).toEqual([
      [0, "waiting", 0, 1],
      [1, "delivering", 1, 2],
      [1, "queued", 2, 12],
      [1, "running", 12, 20],
      [2, "delivering", 30, 31],
      [2, "queued", 31, 40],
      [2, "running", 40, 60],
    ]);
    expect(barSentence(bar("1.1"))).toContain(
      "attempt 1: on its way to the CI system 1 s, queued in CI 10 s, ran 8 s, failed",
    );
  });

  it("deliver nothing to an own agent, and run on to now", () => {
    expect(spans("1.2")).toEqual([
      [0, "waiting", 0, 5],
      [1, "queued", 5, 25],
      [1, "running", 25, 100],
    ]);
    expect(bar("1.2").spans.at(-1)?.open).toBe(true);
  });

  it("leave out phases that took no time, and what never ran", () => {
    expect(spans("1.3")).toEqual([[1, "running", 0, 10]]);
    expect(spans("1.4")).toEqual([[0, "waiting", 0, 3]]);
  });

  it("wait from when the first parent was done", () => {
    expect(spans("1.1.1")).toEqual([[0, "waiting", 60, 100]]);
  });

  it("have ghosts of what is to come, up to the end that nine of ten keep", () => {
    expect(bar("1.2").ghost).toEqual({ from: now, p50: OPENED + 110_000, p90: OPENED + 135_000 });
    expect(bar("1.1.1").ghost).toEqual({ from: OPENED + 110_000, p50: OPENED + 160_000, p90: OPENED + 190_000 });
    expect(bar("1.1").ghost).toBeNull();
  });

  it("tell nothing of a project that may not be seen", () => {
    const hidden = rowsOf(graph({ nodes: [node("1.1", { project: null, attempt: null, tries: null })] }));
    expect(barsOf(hidden, undefined, now)[0]).toMatchObject({ spans: [], ghost: null });
  });

  it("come critical first, by start, or as in the tree", () => {
    const order = (how: "critical" | "start" | "tree") => orderBars(bars, how).map((one) => one.row.node.sub_id);
    expect(order("critical")).toEqual(["1", "1.2", "1.1.1", "1.3", "1.1", "1.4"]);
    expect(order("start")).toEqual(["1", "1.3", "1.1", "1.4", "1.2", "1.1.1"]);
    expect(order("tree")).toEqual(["1", "1.1", "1.1.1", "1.2", "1.3", "1.4"]);
  });

  it("share busy times without filling the gaps", () => {
    expect(
      unionOf([bar("1.1"), bar("1.3")]).map(({ from, to }) => [(from - OPENED) / 1000, (to - OPENED) / 1000]),
    ).toEqual([
      [0, 20],
      [31, 60],
    ]);
  });
});

it("groups rows below the busy times of all their events, also when the group is folded", () => {
  const told = (folded: string[]) =>
    timelineItems(bars, "state", new Set(folded)).map((item) =>
      "bar" in item ? item.bar.row.node.sub_id : `${item.heading} ${item.count}: ${item.busy.length} busy`,
    );
  const [first, ...open] = told([]);
  const heading = first?.replace(/ \d.*$/, "") as string;
  expect(open.length).toBeGreaterThan(bars.length - 1);
  expect(told([heading])[0]).toBe(first);
  expect(told([heading]).length).toBe(open.length + 1 - Number(first?.match(/ (\d+):/)?.[1]));
  expect(told(["success"]).find((one) => one.startsWith("success"))).toMatch(/[1-9] busy$/);
});

describe("the range of time", () => {
  const whole = wholeRange(OPENED, bars, true, now);

  it("reaches from the opening to the last end that is expected", () => {
    expect(whole.from).toBe(OPENED);
    expect(whole.to).toBeGreaterThan(OPENED + 190_000);
  });

  it("is written in seconds and read again; what is no range is none", () => {
    const range = { from: OPENED + 10_000, to: OPENED + 30_500 };
    expect(readRange(writeRange(range, OPENED), OPENED, whole)).toEqual(range);
    for (const text of ["", "3", "a-b", "-1-4", "0-99999"]) expect(readRange(text, OPENED, whole), text).toBeNull();
  });

  it("stays within the whole, however far it is moved", () => {
    expect(clampRange({ from: OPENED - 50_000, to: OPENED - 40_000 }, whole)).toEqual({
      from: OPENED,
      to: OPENED + 10_000,
    });
    expect(clampRange({ from: whole.to, to: whole.to + 10_000 }, whole)?.to).toBe(whole.to);
  });

  it("has few, round marks", () => {
    expect(ticks({ from: OPENED, to: OPENED + 60_000 }, OPENED, 8)).toEqual([
      0, 10_000, 20_000, 30_000, 40_000, 50_000, 60_000,
    ]);
    for (const span of [900, 3000, 61_000, 7_200_000, 9e8])
      expect(ticks({ from: OPENED, to: OPENED + span }, OPENED, 8).length).toBeLessThanOrEqual(9);
  });
});
