import { act, renderHook } from "@testing-library/react";
import { expect, it } from "vitest";
import type { Layout } from "./layout";
import { neighbourhood } from "./reach";
import { useRovingFocus } from "./use-roving-focus";

const layoutOf = (...ids: string[]): Layout => ({
  cards: Object.fromEntries(ids.map((id, i) => [id, { x: 300 * i, y: 0 }])),
  bends: {},
  width: 900,
  height: 60,
});

it("goes to a card that is asked for as soon as a layout has it, and not after one has walked on by hand", () => {
  const revealed: string[] = [];
  const shown = (layout: Layout, request: { id: string } | null) => ({
    frame: { current: document.body },
    cards: [],
    graph: neighbourhood([]),
    layout,
    selected: null,
    request,
    reveal: (id: string) => revealed.push(id),
  });
  const request = { id: "1.7" };
  const { result, rerender } = renderHook(useRovingFocus, { initialProps: shown(layoutOf("1", "1.1+"), null) });
  rerender(shown(layoutOf("1", "1.1+"), request));
  expect(revealed).toEqual([]);
  rerender(shown(layoutOf("1", "1.7"), request));
  expect([revealed, result.current.reachable]).toEqual([["1.7"], "1.7"]);
  act(() => result.current.moveTo("1"));
  rerender(shown(layoutOf("1", "1.7", "1.8"), request));
  expect(result.current.reachable).toBe("1");
});
