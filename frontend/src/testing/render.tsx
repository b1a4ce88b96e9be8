/** Renders a component with what every page stands on; live messages come from a socket that the test holds. */
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { createMemoryRouter, type RouteObject, RouterProvider } from "react-router";
import { createQueryClient } from "@/lib/api/query-client";
import { LiveClient } from "@/lib/live/live-client";
import { LiveProvider } from "@/lib/live/live-context";
import { FakeSocket } from "./fake-socket";

/** `children` are the routes within the page, for one that reads their parameters. */
export function renderAt(path: string, pattern: string, element: ReactNode, children: RouteObject[] = []) {
  const socket = new FakeSocket();
  const live = new LiveClient(() => socket.asWebSocket());
  const queries = createQueryClient();
  const router = createMemoryRouter(
    [
      { path: pattern, element, children },
      { path: "*", element: <p>elsewhere</p> },
    ],
    {
      initialEntries: [path],
    },
  );
  const view = render(
    <MantineProvider>
      <QueryClientProvider client={queries}>
        <LiveProvider client={live}>
          <RouterProvider router={router} />
        </LiveProvider>
      </QueryClientProvider>
    </MantineProvider>,
  );
  return { ...view, socket, queries, router };
}
