/** What is shown instead of a page that could not be loaded or fell over. */
import { useEffect, useRef } from "react";
import { useRouteError } from "react-router";
import { ErrorPanel } from "@/components/error-panel";
import { ApiError, asApiError } from "@/lib/api/problem";
import { AGAIN_MS } from "@/lib/api/query-client";

/** A page is a file of its own: it may be out of reach, or gone after an upgrade of the server. */
const CHUNK = /dynamically imported module|module script|preload/i;

const NOT_LOADED = new ApiError(
  {
    title: "This page could not be loaded",
    detail:
      "Either the network is lost, or DominoCI was brought up to date meanwhile. Loading it anew helps in both cases.",
  },
  -1,
);

/**
 * `reload` loads the page anew: the loader that tells who is signed in does not run again within a page, and of one that is shown
 * instead of a page nothing can be lost.
 */
export function RouteError({ reload = () => location.reload() }: { reload?(): void }) {
  const error = useRouteError();
  const chunk = error instanceof Error && CHUNK.test(error.message);
  const told = chunk ? NOT_LOADED : asApiError(error);
  const again = useRef(() => {});
  // without a server the browser would show a page of its own instead
  again.current = () =>
    void fetch("/healthz").then(
      (answer) => answer.ok && reload(),
      () => {},
    );
  const lost = chunk || told.unreachable;
  useEffect(() => {
    if (!lost) return;
    const timer = setInterval(() => again.current(), AGAIN_MS);
    return () => clearInterval(timer);
  }, [lost]);
  return <ErrorPanel error={told} onRetry={lost ? () => again.current() : reload} />;
}
