import { describe, expect, it } from "vitest";
import { cardsInView, fitZoom, landingView, revealed } from "./landing";
import { CARD, layoutGraph } from "./layout";

const screen = { width: 1000, height: 600 };
const chain = (length: number) => {
  const nodes = Array.from({ length }, (_, i) =>
    Array(i + 1)
      .fill("1")
      .join("."),
  );
  return layoutGraph({ nodes, edges: nodes.slice(1).map((id, i) => [nodes[i] as string, id] as const) });
};
const last = (length: number) => Array(length).fill("1").join(".");

describe("the landing view", () => {
  it("shows everything when that stays legible", () => {
    const layout = chain(4);
    expect(landingView(layout, screen, last(4)).zoom).toBe(fitZoom(layout, screen));
  });

  it("does not shrink below legible: it reads at 0.8 around what matters", () => {
    const layout = chain(12);
    const view = landingView(layout, screen, last(12));
    const right = ((layout.cards[last(12)]?.x ?? 0) + CARD.width) * view.zoom + view.x;
    expect(view.zoom).toBe(0.8);
    expect(right).toBeLessThanOrEqual(screen.width);
    expect(right).toBeGreaterThan(screen.width / 2);
  });

  it("never grows small graphs beyond their real size", () => {
    expect(landingView(chain(1), screen, "1").zoom).toBe(1);
  });
});

describe("revealing a card", () => {
  it("moves nothing when the card is in view", () => {
    const view = { x: 40, y: 40, zoom: 1 };
    expect(revealed("1", chain(2), screen, view)).toBe(view);
  });

  it("moves just so far that the card is in view", () => {
    const view = revealed(last(8), chain(8), screen, { x: 0, y: 100, zoom: 1 });
    const right = view.x + (chain(8).cards[last(8)]?.x ?? 0) + CARD.width;
    expect(right).toBe(screen.width - 32);
  });
});

it("mounts only the cards in and near the view", () => {
  const ids = cardsInView(chain(30), screen, { x: 0, y: 0, zoom: 1 });
  expect(ids.length).toBeGreaterThan(4);
  expect(ids.length).toBeLessThan(9);
});
