import { screen, waitFor } from "@testing-library/react";
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
