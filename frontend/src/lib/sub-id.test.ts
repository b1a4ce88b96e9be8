import { expect, it } from "vitest";
import { compareSubIds } from "./sub-id";

it("orders numbers by value and words by code unit, whatever order they come in", () => {
  const ordered = [
    "",
    "01",
    "1",
    "1.1",
    "1.1.2",
    "1.1.10",
    "1.2",
    "1.2+",
    "1.2.1",
    "1.10",
    "2",
    "a",
    "a1",
    "a2b",
    "a2c",
  ];
  const names = [...ordered, "a10", "a.1", "ab1", "svc-9", "svc-10", "svc-10a"];
  for (const [i, a] of names.entries())
    for (const [j, b] of names.entries()) expect(Math.sign(compareSubIds(a, b)), `${a} ${b}`).toBe(Math.sign(i - j));
});
