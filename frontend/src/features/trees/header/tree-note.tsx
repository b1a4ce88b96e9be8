/** What is to be known of the whole tree before anything of its events: that it is held, cut off, or that a wish was refused. */

import type { Tree } from "@/lib/api/types";
import { asState } from "@/lib/states";
import classes from "../tree-page.module.css";
import { TreeLink } from "./tree-link";

export function TreeNote({ tree, refusal }: { tree: Tree | undefined; refusal: string | null }) {
  return (
    <>
      {refusal && (
        <p className={classes.note} data-state="failed" role="alert">
          {refusal}
        </p>
      )}
      {tree?.reason && (
        <p className={classes.note} data-state={tree.held ? "waiting" : asState(tree.state)}>
          {tree.held ? <Held reason={tree.reason} /> : `This tree: ${tree.reason.text}.`}
        </p>
      )}
    </>
  );
}

function Held({ reason }: { reason: NonNullable<Tree["reason"]> }) {
  const { tree, rule } = reason.params as { tree?: string; rule?: string };
  if (!tree) return <>{`Held: ${reason.text}.`}</>;
  return (
    <>
      <strong>Held.</strong> It waits until the older tree <TreeLink tree={tree} /> of the same project and branch has
      ended
      {rule && <span className="muted"> (in-flight rule “{rule}”)</span>}.
    </>
  );
}
