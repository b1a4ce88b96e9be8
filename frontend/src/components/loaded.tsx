/** Shows a query in whatever state it is: a skeleton, the error with Retry, or the data, old data included. */
import type { ReactNode } from "react";
import { asApiError } from "@/lib/api/problem";
import { ErrorPanel, StaleNote } from "./error-panel";
import { Skeleton } from "./skeleton";

interface QueryLike<T> {
  data: T | undefined;
  error: unknown;
  dataUpdatedAt: number;
  refetch(): unknown;
}

export function Loaded<T>({
  query,
  children,
  rows = 5,
}: {
  query: QueryLike<T>;
  children: (data: T) => ReactNode;
  rows?: number;
}) {
  const retry = () => void query.refetch();
  const error = query.error ? asApiError(query.error) : null;
  if (query.data === undefined) return error ? <ErrorPanel error={error} onRetry={retry} /> : <Skeleton rows={rows} />;
  return (
    <>
      {error && <StaleNote error={error} at={query.dataUpdatedAt} onRetry={retry} />}
      {children(query.data)}
    </>
  );
}
