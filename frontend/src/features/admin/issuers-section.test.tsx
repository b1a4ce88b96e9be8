import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { fakeApi, problem } from "@/testing/fake-api";
import { renderAt } from "@/testing/render";
import { IssuersSection } from "./issuers-section";

const LAB = {
  id: "i1",
  url: "https://lab.example",
  name: "lab",
  kind: "gitlab",
  subject_claim: "project_id",
  created_by: "ada",
  created_at: "2026-11-21T10:00:00.000Z",
};
const OFFERED = { kind: "github", url: "https://token.example", name: "GitHub Actions" };

beforeEach(() => {
  vi.unstubAllGlobals();
});

function open(replies: Record<string, unknown>) {
  const asked = fakeApi({
    "GET /api/v1/issuers": { items: [LAB], next_cursor: null, offered: [OFFERED] },
    ...replies,
  });
  renderAt("/admin/issuers", "/admin/issuers", <IssuersSection />);
  return (method: string) => asked.find((one) => one.method === method);
}

it("lists one that is offered with a click, and says whether its keys could be had", async () => {
  const made = { ...LAB, name: "GitHub Actions", reachable: false, reading: "Nobody answers." };
  const sent = open({ "POST /api/v1/issuers": () => Response.json(made, { status: 201 }) });
  await userEvent.click(await screen.findByRole("button", { name: "List GitHub Actions" }));
  expect(await screen.findByText(/Nobody answers\. Until its keys can be had/)).toBeTruthy();
  expect(sent("POST")?.body).toEqual(OFFERED);
});

it("says beside the address why another cannot be listed", async () => {
  const errors = { url: ["must be https"] };
  open({ "POST /api/v1/issuers": () => problem(422, { title: "Invalid input", detail: "x", errors }) });
  const form = within(await screen.findByRole("form", { name: "List an issuer" }));
  await userEvent.type(form.getByRole("textbox", { name: /^Address/ }), "http://x");
  await userEvent.click(form.getByRole("button", { name: "List it" }));
  expect(await form.findByText("must be https")).toBeTruthy();
});

it("says what goes with an issuer before it is removed", async () => {
  const sent = open({ "DELETE /api/v1/issuers/i1": () => new Response(null, { status: 204 }) });
  await userEvent.click(await screen.findByRole("button", { name: "Remove… (lab)" }));
  const dialog = within(await screen.findByRole("dialog"));
  expect(dialog.getByText(/Every project's rules about it go with it/)).toBeTruthy();
  await userEvent.click(dialog.getByRole("button", { name: "Remove" }));
  await vi.waitFor(() => expect(sent("DELETE")).toBeTruthy());
});
