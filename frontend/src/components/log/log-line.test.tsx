import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { segmentsOf } from "./ansi";
import { contrast, parseRgb, readable } from "./colour";
import { formatLines, parseLines } from "./line-link";
import { highlighted, LogLine } from "./log-line";

const show = (text: string, query = "") =>
  render(<LogLine line={{ text, carried: "" }} query={query} current={false} dark={false} />);

it("shows markup as text and makes no element of it", () => {
  const { container } = show("<b>bold</b><img src=x onerror=alert(1)>");
  expect(container.textContent).toBe("<b>bold</b><img src=x onerror=alert(1)>");
  expect(container.querySelector("b, img")).toBeNull();
});

it("marks a match that reaches over two colours", () => {
  const pieces = highlighted(segmentsOf("an \u001b[31mer\u001b[0mror here"), "error");
  expect(pieces.map((piece) => [piece.text, piece.match])).toEqual([
    ["an ", false],
    ["er", true],
    ["ror", true],
    [" here", false],
  ]);
});

it("cuts a very long line until asked for all of it", async () => {
  const { container } = show("x".repeat(9000));
  expect(container.textContent?.startsWith("x".repeat(4096))).toBe(true);
  expect((container.textContent ?? "").length).toBeLessThan(4200);
  await userEvent.click(screen.getByRole("button", { name: /show 9.0 kB/ }));
  expect(container.textContent).toBe("x".repeat(9000));
});

it.each([true, false])("keeps any colour readable (dark: %s)", (dark) => {
  for (const fg of ["0, 0, 0", "255, 255, 255", "255, 255, 0", "0, 0, 255", "128, 128, 128"])
    for (const bg of [null, "0, 0, 0", "255, 255, 0", "120, 120, 120"]) {
      const style = readable(fg, bg, dark);
      const ground = bg ?? (dark ? "23, 26, 32" : "255, 255, 255");
      const ink = parseRgb((style.color ?? "").replace(/^rgb\(|\)$/g, ""));
      expect(contrast(ink, parseRgb(ground))).toBeGreaterThanOrEqual(4.5);
    }
});

it("reads and writes links to lines", () => {
  expect(parseLines("#L120")).toEqual({ from: 120, to: 120 });
  expect(parseLines("#L140-L120")).toEqual({ from: 120, to: 140 });
  expect(parseLines("#x")).toBeNull();
  expect(parseLines("#L0")).toBeNull();
  expect(formatLines({ from: 3, to: 9 })).toBe("#L3-L9");
});
