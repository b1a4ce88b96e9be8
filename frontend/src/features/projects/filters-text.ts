import type { Filters } from "@/lib/api/types";

/** "branches main, release/*; not tags v0*", or that everything passes. */
export function filtersText(filters: Filters): string {
  const parts = (["branches", "tags", "pipelines"] as const).flatMap((kind) => {
    const { include, exclude } = filters[kind];
    return [
      include.length ? `${kind} ${include.join(", ")}` : "",
      exclude.length ? `not ${kind} ${exclude.join(", ")}` : "",
    ];
  });
  return parts.filter(Boolean).join("; ") || "everything passes";
}
