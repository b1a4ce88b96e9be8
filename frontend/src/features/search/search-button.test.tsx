import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, beforeEach, expect, it, vi } from "vitest";
import { useActions } from "@/lib/actions";
import { setKeysOff } from "@/lib/use-keys";
import { fakeApi, problem } from "@/testing/fake-api";
import { renderAt } from "@/testing/render";
import { SearchButton } from "./search-button";

const NOTHING = { projects: [], trees: [], events: [], builds: [], artifacts: [] };
const NAMES = { items: ["app-web", "core"], next_cursor: null, cut: false };
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
const run = vi.fn();

function Bar() {
  useActions([{ id: "go", text: "Do the thing", keys: "y", run }]);
  return <SearchButton places={[{ text: "Trees", to: "/trees", keys: "g t" }]} />;
}

// its code is fetched when the page has come to rest
beforeAll(() => import("./palette"), 30_000);

beforeEach(() => {
  vi.unstubAllGlobals();
  run.mockClear();
  setKeysOff(false);
});

async function open(reply: unknown, keys = "/") {
  const asked = fakeApi({
    "/api/v1/search": reply,
    "/api/v1/search/names": NAMES,
    "/api/v1/jobs": { items: [], next_cursor: null },
  });
  const { router } = renderAt("/", "/", <Bar />);
  await userEvent.keyboard(keys);
  const field = await screen.findByRole("combobox");
  return { asked, router, field };
}

it("opens with a slash, knows the projects' names by itself, and adds what the server finds below them", async () => {
  const result = { ...NOTHING, q: "core", trees: [found("tree", "core 9fceb02", "/trees/t1", "running")] };
  const { asked, router, field } = await open(result);
  await userEvent.type(field, "core");
  expect(await screen.findByRole("option", { name: /9fceb02\s*running/ })).toBeTruthy();
  expect(screen.getAllByRole("option")[0]?.textContent).toContain("core");
  expect(asked.map((one) => one.path).sort()).toEqual([
    "/api/v1/agents",
    "/api/v1/jobs?q=core&copies=true&limit=8",
    "/api/v1/search/names",
    "/api/v1/search?q=core",
  ]);
  await userEvent.keyboard("{ArrowDown}");
  expect(field.getAttribute("aria-activedescendant")).toBe(screen.getAllByRole("option")[1]?.id);
  await userEvent.keyboard("{Enter}");
  expect(router.state.location.pathname).toBe("/trees/t1");
});

it("leads from a pasted run address to its event, also when Enter comes before the answer", async () => {
  const address = "https://ci.example/job/app/12/";
  const event = found("event", "app 1.1", "/trees/t1/events/1.1/why", "failed");
  const { router, field } = await open({ ...NOTHING, q: address, events: [event] });
  await userEvent.click(field);
  await userEvent.paste(address);
  await userEvent.keyboard("{Enter}");
  await waitFor(() => expect(router.state.location.pathname).toBe("/trees/t1/events/1.1/why"));
});

it("says that nothing was found, and offers to look through everything", async () => {
  const { router, field } = await open({ ...NOTHING, q: "nix" });
  await userEvent.type(field, "nix");
  expect(await screen.findByText("Nothing found for “nix”.")).toBeTruthy();
  await userEvent.click(screen.getByRole("option", { name: /^All projects like/ }));
  expect(router.state.location.search).toBe("?q=nix");
});

it("does what is chosen behind a >, and opens so with a full stop", async () => {
  const { field } = await open({ ...NOTHING, q: "" }, ".");
  expect((field as HTMLInputElement).value).toBe("> ");
  await userEvent.keyboard("thing{Enter}");
  expect(run).toHaveBeenCalledOnce();
  expect(screen.queryByRole("combobox")).toBeNull();
});

it("goes on with what it knows when the server is away, and closes with Escape", async () => {
  const { field } = await open(() => problem(500, { title: "Broken", detail: "The database is away." }));
  await userEvent.type(field, "app");
  expect(await screen.findByText(/The server did not answer/)).toBeTruthy();
  expect(screen.getByRole("option", { name: /app-web/ })).toBeTruthy();
  await userEvent.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("combobox")).toBeNull());
});

it("opens by the chord also while single keys are switched off", async () => {
  setKeysOff(true);
  fakeApi({ "/api/v1/search/names": NAMES });
  renderAt("/", "/", <Bar />);
  await userEvent.keyboard("/");
  expect(screen.queryByRole("combobox")).toBeNull();
  await userEvent.keyboard("{Control>}k{/Control}");
  expect(await screen.findByRole("combobox")).toBeTruthy();
});
