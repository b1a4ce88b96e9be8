import { expect, it } from "vitest";
import { gather } from "./frames";

it("hands a burst over at once, and the next burst no sooner than the interval", () => {
  let clock = 1000;
  const planned: { run: () => void; delay: number }[] = [];
  const got: number[][] = [];
  const burst = gather<number>((items) => got.push(items), {
    every: 250,
    now: () => clock,
    schedule: (run, delay) => {
      planned.push({ run, delay });
      return () => {};
    },
  });
  burst.add(1);
  burst.add(2);
  planned.shift()?.run();
  clock += 100;
  burst.add(3);
  expect(got).toEqual([[1, 2]]);
  expect(planned.map(({ delay }) => delay)).toEqual([150]);
  planned.shift()?.run();
  expect(got).toEqual([[1, 2], [3]]);
});
