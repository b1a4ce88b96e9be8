import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import type { Format } from "../templates";

const RESTS_MS = 400;

/** What an agent would say about a text, some moments after it was typed last; nothing is asked about an empty one. */
export function useChecked(format: Format, text: string) {
  const [rested] = useDebouncedValue(text, RESTS_MS);
  const query = useQuery({
    queryKey: ["definition-check", format, rested],
    queryFn: ({ signal }) => unwrap(api.POST("/api/v1/definitions/check", { body: { format, text: rested }, signal })),
    enabled: rested.trim() !== "",
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  });
  return text.trim() === "" ? { ...query, data: undefined } : query;
}
