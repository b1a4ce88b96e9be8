/** For those who look after the whole: which of the last trees took, or are taking, the longest. */
import { Link } from "react-router";
import { Section } from "@/components/page";
import { itemsOf } from "@/components/rows-of-pages";
import { StateIcon } from "@/components/state-icon";
import { useTrees } from "@/lib/api/calls/get-trees";
import type { TreeSummary } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { asState } from "@/lib/states";
import { formatDuration } from "@/lib/time";
import { useNow } from "@/lib/use-now";
import classes from "./home.module.css";

const SHOWN = 5;

export function Slowest() {
  const [running, newest] = [useTrees({ state: "running", limit: 20 }).data, useTrees({ limit: 30 }).data];
  return running && newest ? <List trees={[...itemsOf(running), ...itemsOf(newest)]} /> : null;
}

function List({ trees }: { trees: readonly TreeSummary[] }) {
  const now = useNow(trees.some((tree) => !tree.finished_at));
  const slowest = slowestOf(trees, now);
  if (!slowest.length) return null;
  return (
    <Section title="Slowest of the last trees" padded>
      <ol className={classes.slowest} aria-label="Slowest of the last trees">
        {slowest.map(({ tree, ms }) => (
          <li key={tree.id}>
            <StateIcon state={asState(tree.state)} />
            <Link to={paths.tree(tree.id)} className="ellipsis">
              {tree.root.project?.name ?? "Private project"} {tree.root.tag ?? tree.root.commit?.slice(0, 7)}
            </Link>
            <span className="num">{formatDuration(ms)}</span>
          </li>
        ))}
      </ol>
    </Section>
  );
}

/** Each once, the slowest first; one that runs counts until now, one that is held not at all. */
export function slowestOf(trees: readonly TreeSummary[], now: number): { tree: TreeSummary; ms: number }[] {
  const each = new Map(trees.filter((tree) => !tree.held).map((tree) => [tree.id, tree]));
  return [...each.values()]
    .map((tree) => ({ tree, ms: (tree.finished_at ? Date.parse(tree.finished_at) : now) - Date.parse(tree.opened_at) }))
    .sort((a, b) => b.ms - a.ms)
    .slice(0, SHOWN);
}
