import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { renderAt } from "@/testing/render";
import { HelpFrame } from "./help-frame";
import { HelpPageView } from "./help-page";

const scrolled = vi.fn();
beforeEach(() => {
  scrolled.mockClear();
  Element.prototype.scrollIntoView = function (this: Element) {
    scrolled(this.id);
  };
});

const open = (path: string) => renderAt(path, "/help", <HelpFrame />, [{ path: ":page?", element: <HelpPageView /> }]);

it("shows a page of the docs with its parts, links within the help, and code to copy", async () => {
  open("/help/getting-started");
  await screen.findByRole("heading", { level: 1, name: "Getting started" });
  const contents = screen.getByRole("navigation", { name: "Help" });
  expect(within(contents).getByRole("link", { name: "1. Start it" }).getAttribute("href")).toContain("#1-start-it");
  expect(screen.getByRole("link", { name: "concepts" }).getAttribute("href")).toBe("/help/concepts");
  const user = userEvent.setup();
  const [copy] = screen.getAllByRole("button", { name: "Copy the code" });
  if (!copy) throw new Error("no code to copy");
  await user.click(copy);
  expect(await navigator.clipboard.readText()).toBe("make run");
});

it("goes to the part that the address names", async () => {
  open("/help/troubleshooting#delivery-failed");
  await screen.findByRole("heading", { name: /^Delivery failed/ });
  await vi.waitFor(() => expect(scrolled).toHaveBeenCalledWith("delivery-failed"));
});

it("finds headings, and says when there are none", async () => {
  const user = userEvent.setup();
  open("/help");
  const search = screen.getByRole("searchbox", { name: "Find in the help" });
  await user.type(search, "did not run");
  const found = await screen.findByRole("navigation", { name: "Found in the help" });
  const [first] = within(found).getAllByRole("link", { name: /My child did not run/ });
  expect(first?.getAttribute("href")).toBe("/help/troubleshooting#my-child-did-not-run");
  await user.type(search, " zzz");
  expect((await screen.findByRole("status")).textContent).toContain("No heading has these words");
});

it.each(["/help/nothing", "/help/constructor"])("has no page %s", async (path) => {
  open(path);
  await screen.findByText(/Does not exist/);
});
