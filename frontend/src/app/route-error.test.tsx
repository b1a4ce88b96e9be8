import { MantineProvider } from "@mantine/core";
import { act, render, screen } from "@testing-library/react";
import { createMemoryRouter, RouterProvider } from "react-router";
import { afterEach, expect, it, vi } from "vitest";
import { AGAIN_MS } from "@/lib/api/query-client";
import { RouteError } from "./route-error";

afterEach(() => vi.useRealTimers());

it("is loaded anew when the server answers again, and not before", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  const reload = vi.fn();
  let away = true;
  vi.stubGlobal("fetch", async () => {
    if (away) throw new TypeError("Failed to fetch");
    return new Response("ok");
  });
  const loader = () => {
    throw new TypeError("Failed to fetch");
  };
  const page = { path: "/", loader, element: null, errorElement: <RouteError reload={reload} /> };
  render(
    <MantineProvider>
      <RouterProvider router={createMemoryRouter([page])} />
    </MantineProvider>,
  );
  expect((await screen.findByRole("alert")).textContent).toContain("No connection");
  await act(() => vi.advanceTimersByTimeAsync(AGAIN_MS));
  expect(reload).not.toHaveBeenCalled();
  away = false;
  await act(() => vi.advanceTimersByTimeAsync(AGAIN_MS));
  expect(reload).toHaveBeenCalled();
});
