import { useQuery } from "@tanstack/react-query";
import { ApiError } from "@/lib/api/problem";
import { type ApiDocument, topicsOf } from "./reference-model";

export const DOCUMENT = "/api/v1/openapi.json";

/** The document that the server describes itself with; it changes with the server's version only. */
async function getDocument() {
  const response = await fetch(DOCUMENT, { credentials: "same-origin" });
  if (!response.ok) throw new ApiError({}, response.status);
  const document: ApiDocument = await response.json();
  return { version: document.info.version, topics: topicsOf(document) };
}

export const useApiDocument = () =>
  useQuery({ queryKey: ["api-document"], queryFn: getDocument, staleTime: Number.POSITIVE_INFINITY });
