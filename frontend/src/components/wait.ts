import { useNow } from "@/lib/use-now";

/** The whole seconds that are left until a moment, counted down; 0 when it has come or there is none. */
export function useWait(until: number | null): number {
  const ahead = until !== null && until > Date.now();
  const now = useNow(ahead);
  return ahead ? Math.max(0, Math.ceil((until - Math.max(now, 0)) / 1000)) : 0;
}
