/** What is shown instead of a page that could not be loaded or fell over. */
import { useRevalidator, useRouteError } from "react-router";
import { ErrorPanel } from "@/components/error-panel";
import { asApiError } from "@/lib/api/problem";

export function RouteError() {
  const error = useRouteError();
  const { revalidate } = useRevalidator();
  // A chunk that is gone after an upgrade of the server comes only with a new page.
  const outdated = error instanceof TypeError && /dynamically imported module|module script/i.test(error.message);
  return (
    <ErrorPanel error={asApiError(error)} onRetry={outdated ? () => location.reload() : () => void revalidate()} />
  );
}
