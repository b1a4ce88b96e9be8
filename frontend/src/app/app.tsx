/** What every page stands on: colours, queries and routes. */
import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { RouterProvider } from "react-router";
import { createQueryClient } from "@/lib/api/query-client";
import { useSessionEnded } from "@/lib/api/session-watch";
import { cspNonce } from "@/lib/csp-nonce";
import { createRouter } from "./router";
import { cssVariablesResolver, theme } from "./theme";

const colorSchemeManager = localStorageColorSchemeManager({ key: "dominoci-colours" });

const SessionEnded = lazy(async () => ({ default: (await import("./session-ended")).SessionEnded }));

export function App() {
  const [queries] = useState(createQueryClient);
  const [router] = useState(() => createRouter(queries));
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariablesResolver}
      colorSchemeManager={colorSchemeManager}
      defaultColorScheme="auto"
      getStyleNonce={cspNonce}
    >
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
        <SignInAgain />
      </QueryClientProvider>
    </MantineProvider>
  );
}

function SignInAgain() {
  if (!useSessionEnded()) return null;
  return (
    <Suspense>
      <SessionEnded />
    </Suspense>
  );
}
