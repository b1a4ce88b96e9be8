import { expect, it } from "vitest";
import { heights } from "./tick-heights";

it("makes the longest run the highest bar, and keeps every bar visible", () => {
  expect(heights([{ duration_s: 10 }, { duration_s: 5 }, { duration_s: 0.1 }, { duration_s: null }])).toEqual([
    100, 50, 12, 12,
  ]);
  expect(heights([{ duration_s: null }])).toEqual([50]);
});
