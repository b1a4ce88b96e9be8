import { act, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { build, project } from "@/testing/builders";
import { fakeApi, problem } from "@/testing/fake-api";
import { renderAt } from "@/testing/render";
import { RunForm } from "./run-form";

it("asks for what the last build asked for, keeps what was typed when refused, and sends no empty field", async () => {
  const pipeline = {
    ...{ name: "build", selected: true, reason: null, routed: false, stages: [] },
    parameters: [
      { name: "TARGET", required: true, default: null },
      { name: "LEVEL", required: false, default: "2" },
    ],
  };
  let answer = () =>
    problem(422, {
      title: "Invalid input",
      detail: "The pipeline asks for TARGET.",
      errors: { "parameters.TARGET": ["The pipeline asks for it."] },
    });
  const asked = fakeApi({
    "/api/v1/builds": { items: [build({ id: "none" }), build({ pipelines: [pipeline] })], next_cursor: null },
    "/api/v1/builds/b1": build({ pipelines: [pipeline] }),
    "POST /api/v1/projects/core/builds": () => answer(),
  });
  const { router } = renderAt("/", "/", <RunForm project={project()} />);
  await screen.findByText("Left empty it is 2.");
  const target = screen.getByRole("textbox", { name: /TARGET/ });
  const ref = screen.getByRole("textbox", { name: "Branch, tag or commit" });
  await userEvent.clear(ref);
  await userEvent.type(ref, "release/1");
  await userEvent.click(screen.getByRole("button", { name: "Run" }));
  await screen.findByText("The pipeline asks for it.");
  expect(target.getAttribute("aria-invalid")).toBe("true");
  expect((ref as HTMLInputElement).value).toBe("release/1");
  answer = () => Response.json(build({ id: "b2" }));
  await userEvent.type(target, "web");
  await userEvent.click(screen.getByRole("button", { name: "Run" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/builds/b2"));
  const sent = asked.filter((one) => one.method === "POST").map((one) => one.body);
  expect(sent.at(-1)).toEqual({ ref: "release/1", parameters: { TARGET: "web" } });
});

it("keeps what was typed where the last build asked for nothing, though the next submit fails otherwise", async () => {
  const refused = {
    title: "Invalid input",
    detail: "x",
    errors: { "parameters.TARGET": ["The pipeline asks for it."] },
  };
  let answer = () => problem(422, refused);
  const asked = fakeApi({
    "/api/v1/builds": { items: [], next_cursor: null },
    "POST /api/v1/projects/core/builds": () => answer(),
  });
  renderAt("/", "/", <RunForm project={project()} />);
  const run = screen.getByRole("button", { name: "Run" });
  await userEvent.click(run);
  await userEvent.type(await screen.findByRole("textbox", { name: /TARGET/ }), "web");
  answer = () => problem(503, { title: "Unavailable", detail: "The repository cannot be reached." });
  await userEvent.click(run);
  await screen.findByText(/The repository cannot be reached/);
  expect(screen.getByRole<HTMLInputElement>("textbox", { name: /TARGET/ }).value).toBe("web");
  await userEvent.click(run);
  await waitFor(() => expect(asked.filter((one) => one.method === "POST")).toHaveLength(3));
  expect(asked.at(-1)?.body).toEqual({ ref: "main", parameters: { TARGET: "web" } });
});

it("keeps what was typed while a newer build appears", async () => {
  const shape = { name: "build", selected: true, reason: null, routed: false, stages: [] };
  const of = (id: string) =>
    build({ id, pipelines: [{ ...shape, parameters: [{ name: "TARGET", required: true, default: null }] }] });
  let items = [of("b1")];
  let answerNewer = () => {};
  const newer = new Promise<Response>((resolve) => {
    answerNewer = () => resolve(Response.json(of("b2")));
  });
  const asked = fakeApi({
    "/api/v1/builds": () => Response.json({ items, next_cursor: null }),
    "/api/v1/builds/b1": of("b1"),
    "/api/v1/builds/b2": () => newer,
  });
  const { queries } = renderAt("/", "/", <RunForm project={project()} />);
  await userEvent.type(await screen.findByRole("textbox", { name: /TARGET/ }), "web");
  items = [of("b2"), ...items];
  await act(() => queries.invalidateQueries({ queryKey: ["builds"] }));
  await waitFor(() => expect(asked.at(-1)?.path).toBe("/api/v1/builds/b2"));
  await act(async () => answerNewer());
  expect(screen.getByRole<HTMLInputElement>("textbox", { name: /TARGET/ }).value).toBe("web");
});
