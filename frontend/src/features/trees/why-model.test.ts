import { expect, it } from "vitest";
import { type Fact, nextStep, sortFacts } from "./why-model";

const fact = (at: string, text: string): Fact => ({ at, code: "x", params: {}, text });

it("says nothing twice, and the oldest first", () => {
  const facts = [fact("2026-11-21T10:02:00Z", "told to stop"), fact("2026-11-21T10:01:00Z", "cancelled by ada")];
  const { present, others } = sortFacts({
    sentence: "cancelled by ada",
    facts: [...facts, fact("2026-11-21T10:00:00Z", "delivered")],
  });
  expect(present?.text).toBe("cancelled by ada");
  expect(others.map((one) => one.text)).toEqual(["delivered", "told to stop"]);
});

it("takes the last of equal facts for the present one", () => {
  const [first, last] = [
    fact("2026-11-21T10:00:00Z", "reported FAILED"),
    fact("2026-11-21T10:05:00Z", "reported FAILED"),
  ];
  expect(sortFacts({ sentence: "reported FAILED", facts: [first, last] })).toEqual({ present: last, others: [first] });
});

it("tells what to do where something can be done", () => {
  const step = (state: "undeliverable" | "skipped" | "success", code: string, target = "webhook") =>
    nextStep({ state, target, reason: { code, params: {}, text: "" } });
  expect(step("undeliverable", "delivery_failed")).toMatchObject({ look: "deliveries" });
  expect(step("undeliverable", "never_started", "agent")?.text).toContain("agent");
  expect(step("skipped", "upstream_failed")?.text).toContain("root cause");
  expect(step("skipped", "filtered")).toMatchObject({ look: "project" });
  expect(step("success", "reported")).toBeNull();
});
