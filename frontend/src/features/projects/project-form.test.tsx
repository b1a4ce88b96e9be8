import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { fakeApi, problem } from "@/testing/fake-api";
import { renderAt } from "@/testing/render";
import { filtersText } from "./filters-text";
import { ProjectForm } from "./project-form";
import { reportCommand } from "./snippets";

beforeEach(() => {
  vi.unstubAllGlobals();
});

it("shows what the server refuses beside its field", async () => {
  const errors = { name: ["Taken already."], "target.url": ["Not an address."] };
  fakeApi({ "POST /api/v1/projects": () => problem(422, { title: "Invalid", detail: "x", errors }) });
  renderAt("/", "/", <ProjectForm onCreated={() => {}} />);
  await userEvent.type(screen.getByRole("textbox", { name: /^Name/ }), "core");
  await userEvent.click(screen.getByRole("radio", { name: "Any webhook" }));
  await userEvent.click(screen.getByRole("button", { name: "Connect" }));
  expect(await screen.findByText("Taken already.")).toBeTruthy();
  expect(screen.getByText("Not an address.")).toBeTruthy();
  expect(screen.getByRole("textbox", { name: /^Name/ }).getAttribute("aria-invalid")).toBe("true");
});

it("sends only what was filled in", async () => {
  const asked = fakeApi({ "POST /api/v1/projects": { id: "p", name: "core" } });
  const made = vi.fn();
  renderAt("/", "/", <ProjectForm onCreated={made} />);
  await userEvent.type(screen.getByRole("textbox", { name: /^Name/ }), "core");
  await userEvent.click(screen.getByRole("button", { name: "Connect" }));
  await vi.waitFor(() => expect(made).toHaveBeenCalled());
  expect(asked[0]?.body).toEqual({
    name: "core",
    visibility: "private",
    default_branch: "main",
    target: { kind: "agent" },
  });
});

it("writes filters as one line", () => {
  const none = { include: [], exclude: [] };
  expect(filtersText({ branches: none, tags: none, pipelines: none })).toBe("everything passes");
  const branches = { include: ["main", "release/*"], exclude: ["wip/*"] };
  expect(filtersText({ branches, tags: none, pipelines: none })).toBe("branches main, release/*; not branches wip/*");
});

it("makes a command that a shell can run", () => {
  const command = reportCommand("https://ci.example", "dcp_x");
  expect(command).toContain("https://ci.example/api/v1/events");
  expect(
    command
      .split("\n")
      .slice(0, -1)
      .every((line) => line.endsWith("\\")),
  ).toBe(true);
});
