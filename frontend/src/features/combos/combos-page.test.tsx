import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import type { ComboSummary } from "@/lib/api/types";
import { combo, member } from "@/testing/builders";
import { fakeApi } from "@/testing/fake-api";
import { renderAt } from "@/testing/render";
import { CombosPage } from "./combos-page";
import { ComparePage } from "./compare-page";

const summary = (id: string): ComboSummary => ({ ...combo({ id }), commit: `${id}0000000`, members: 2 });

beforeEach(() => {
  vi.unstubAllGlobals();
});

it("compares the two that are chosen", async () => {
  fakeApi({ "/api/v1/combos": { items: [summary("c"), summary("b"), summary("a")], next_cursor: null } });
  renderAt("/projects/core/combos", "/projects/:project/combos", <CombosPage />);
  const compare = () => screen.findByRole("link", { name: "Compare the two" });
  expect((await compare()).getAttribute("href")).toBe("/combos/compare?a=b&b=c");
  await userEvent.click(screen.getByRole("radio", { name: "From core a000000" }));
  expect((await compare()).getAttribute("href")).toBe("/combos/compare?a=a&b=c");
});

it("asks which combos hold a commit, and says when none does", async () => {
  const asked = fakeApi({ "/api/v1/combos": { items: [], next_cursor: null } });
  renderAt("/combos", "/combos", <CombosPage />);
  await userEvent.type(await screen.findByRole("searchbox", { name: "Only with this commit" }), "9fceb02{Enter}");
  expect(await screen.findByText("No combo holds 9fceb02")).toBeTruthy();
  expect(asked.at(-1)?.path).toBe("/api/v1/combos?commit=9fceb02&limit=50");
});

it("shows what changed, and only offers addresses that a browser may follow", async () => {
  const change = { project: { id: "p", name: "core" }, old: "aaaaaaaaaa", new: "bbbbbbbbbb", artifacts: [] };
  const other = { project: { id: "q", name: "net" }, old: "a", new: "a", compare_url: null };
  fakeApi({
    "/api/v1/combos/compare": {
      a: combo(),
      b: combo({ attempt: 2 }),
      changed: [
        { ...change, compare_url: "javascript:alert(1)" },
        { ...other, artifacts: [{ name: "net.tar", change: "changed", old_sha256: "1", new_sha256: "2" }] },
      ],
      added: [member("docs", "cccccccccc")],
      removed: [],
      unchanged: 1,
    },
  });
  renderAt("/combos/compare?a=x&b=y", "/combos/compare", <ComparePage />);
  const table = within(await screen.findByRole("table", { name: "Changed projects" }));
  expect(table.getByText("aaaaaaa")).toBeTruthy();
  expect(table.queryByText(/what changed/)).toBeNull();
  expect(table.getByText(/net\.tar/)).toBeTruthy();
  expect(screen.getByText("Only in the second (1)")).toBeTruthy();
  expect(screen.getByText("1 project is the same in both.")).toBeTruthy();
});
