import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { fakeApi, problem } from "@/testing/fake-api";
import { renderAt } from "@/testing/render";
import { SearchBox } from "./search-box";

const NOTHING = { projects: [], trees: [], events: [], builds: [], artifacts: [] };
const found = (kind: string, title: string, url: string, state: string | null = null) => ({
  kind,
  id: title,
  title,
  subtitle: null,
  url,
  tree_id: null,
  sub_id: null,
  state,
});

beforeEach(() => {
  vi.unstubAllGlobals();
});

async function type(q: string, reply: unknown) {
  const asked = fakeApi({ "/api/v1/search": reply });
  const { router } = renderAt("/", "/", <SearchBox />);
  await userEvent.keyboard("/");
  const box = screen.getByRole("combobox");
  expect(document.activeElement).toBe(box);
  await userEvent.type(box, q);
  return { asked, router, box };
}

it("opens with a slash, waits until the typing rests, and walks through the hits", async () => {
  const result = {
    ...NOTHING,
    q: "core",
    projects: [found("project", "core", "/projects/core")],
    trees: [found("tree", "core 9fceb02", "/trees/t1", "running")],
  };
  const { asked, router, box } = await type("core", result);
  expect(await screen.findByRole("option", { name: /9fceb02\s*running/ })).toBeTruthy();
  expect(asked.map((one) => one.path)).toEqual(["/api/v1/search?q=core"]);
  await userEvent.keyboard("{ArrowDown}{ArrowDown}");
  expect(box.getAttribute("aria-activedescendant")).toBe(screen.getAllByRole("option")[1]?.id);
  await userEvent.keyboard("{Enter}");
  expect(router.state.location.pathname).toBe("/trees/t1");
});

it("leads from a pasted run address straight to its event", async () => {
  const run = "https://ci.example/job/app/12/";
  const event = found("event", "app 1.1", "/trees/t1/events/1.1/why", "failed");
  const { router } = await type(run, { ...NOTHING, q: run, events: [event] });
  expect(await screen.findByRole("option")).toBeTruthy();
  await userEvent.keyboard("{Enter}");
  expect(router.state.location.pathname).toBe("/trees/t1/events/1.1/why");
});

it("says that nothing was found, and looks through the projects then", async () => {
  const { router } = await type("nix", { ...NOTHING, q: "nix" });
  expect(await screen.findByText(/^Nothing found for “nix”/)).toBeTruthy();
  await userEvent.keyboard("{Enter}");
  expect(router.state.location.search).toBe("?q=nix");
});

it("says what went wrong, and closes with Escape", async () => {
  const { box } = await type("core", () => problem(500, { title: "Broken", detail: "The database is away." }));
  expect(await screen.findByText("The database is away.")).toBeTruthy();
  await userEvent.keyboard("{Escape}");
  expect(box.getAttribute("aria-expanded")).toBe("false");
});

it("leaves the slash to a page with a filter of its own", async () => {
  fakeApi({});
  renderAt(
    "/",
    "/",
    <>
      <SearchBox />
      <main>
        <input type="search" aria-label="Filter" />
      </main>
    </>,
  );
  await userEvent.keyboard("/");
  expect(document.activeElement).toBe(document.body);
  act(() => void window.dispatchEvent(new KeyboardEvent("keydown", { key: "k", ctrlKey: true, cancelable: true })));
  expect(document.activeElement).toBe(screen.getByRole("combobox"));
});
