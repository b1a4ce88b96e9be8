/** What the filters in a form would have done lately, and who comes into the trees of the upstream project by it. */
import { useDebouncedValue } from "@mantine/hooks";
import { useDependencyCheck } from "./api/check-dependency";
import { useProjectGraph } from "./api/get-project-graph";
import type { Rules } from "./dependency-model";
import classes from "./projects.module.css";

interface Props {
  upstream: string;
  downstream: string;
  filters: Rules["filters"];
}

export function FilterEffect({ upstream, downstream, filters }: Props) {
  const [wanted] = useDebouncedValue(JSON.stringify({ upstream, filters }), 300);
  const now = JSON.parse(wanted) as Pick<Props, "upstream" | "filters">;
  const { data } = useDependencyCheck(downstream, now.upstream, now.filters);
  const after = useProjectGraph(downstream).data?.nodes.filter((node) => node.distance > 0).length ?? 0;
  if (!now.upstream || !data) return null;
  return (
    <p className={classes.effect} role="status">
      {passText(now.upstream, data)} {downstream}
      {after === 0 ? " comes" : ` and ${after === 1 ? "the project" : `the ${after} projects`} after it come`} into the
      trees that reach {now.upstream}.
    </p>
  );
}

/** "Of the last 20 reports of lib-core, 14 would have triggered." */
export function passText(
  upstream: string,
  { reports, would_trigger: n }: { reports: number; would_trigger: number },
): string {
  if (reports === 0) return `${upstream} has not reported a success yet.`;
  if (reports === 1) return `The last report of ${upstream} would ${n ? "" : "not "}have triggered.`;
  const some = n === reports ? "all" : n === 0 ? "none" : n;
  return `Of the last ${reports} reports of ${upstream}, ${some} would have triggered.`;
}
