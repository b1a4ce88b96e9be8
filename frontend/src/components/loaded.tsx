/** Shows a query in whatever state it is: a skeleton, the error with Retry, or the data, old data included. */
import { type ReactNode, useRef } from "react";
import { type ApiError, asApiError } from "@/lib/api/problem";
import { ErrorPanel, StaleNote } from "./error-panel";
import { Skeleton } from "./skeleton";

interface QueryLike<T> {
  data: T | undefined;
  error: unknown;
  /** What the last try came to while the next one is under way. */
  failureReason?: unknown;
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
  const error = useKept(query);
  if (query.data === undefined) return error ? <ErrorPanel error={error} onRetry={retry} /> : <Skeleton rows={rows} />;
  const failed = error ?? lost(query.failureReason);
  return (
    <>
      {failed && <StaleNote error={failed} at={query.dataUpdatedAt} onRetry={retry} />}
      {children(query.data)}
    </>
  );
}

/** The query's error. That nobody can be reached stays said while it is asked again, which forgets the error at first. */
function useKept({ data, error }: QueryLike<unknown>): ApiError | null {
  const kept = useRef<ApiError | null>(null);
  if (error) kept.current = asApiError(error);
  else if (data !== undefined || !kept.current?.unreachable) kept.current = null;
  return kept.current;
}

/** A first try that reached nobody is said at once: the data on the page are as old then as after the last one. */
function lost(reason: unknown) {
  const error = reason ? asApiError(reason) : null;
  return error?.unreachable ? error : null;
}
