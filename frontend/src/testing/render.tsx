/** Renders a component with what every page stands on; live messages come from a socket that the test holds. */
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { createMemoryRouter, RouterProvider } from "react-router";
import { createQueryClient } from "@/lib/api/query-client";
import { LiveClient } from "@/lib/live/live-client";
import { LiveProvider } from "@/lib/live/live-context";
import { FakeSocket } from "./fake-socket";

export function renderAt(path: string, pattern: string, element: ReactNode) {
  const socket = new FakeSocket();
  const live = new LiveClient(() => socket.asWebSocket());
  const queries = createQueryClient();
  const router = createMemoryRouter(
    [
      { path: pattern, element },
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
