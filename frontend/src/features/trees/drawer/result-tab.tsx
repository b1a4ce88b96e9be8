import { ArtifactList } from "@/components/artifact-list";
import { Empty } from "@/components/empty";
import { Pairs } from "@/components/pairs";
import { StateText } from "@/components/state-badge";
import { Time } from "@/components/time";
import type { EventDetail } from "@/lib/api/types";
import { asState } from "@/lib/states";
import classes from "./drawer.module.css";

/** What the project reported at the end. */
export function ResultTab({ event: { result } }: { event: EventDetail }) {
  if (!result) return <Empty title="No result yet">The project has not reported the end of its pipeline.</Empty>;
  return (
    <>
      <p className={classes.line}>
        <StateText state={asState(result.status)} />
        <span className="muted">
          reported <Time at={result.received_at} />
        </span>
        {result.late && <strong>late</strong>}
      </p>
      <h3 className={classes.sub}>Metadata</h3>
      <Pairs of={result.metadata} />
      <h3 className={classes.sub}>Links</h3>
      <Pairs of={result.links} />
      <h3 className={classes.sub}>Artifacts</h3>
      <ArtifactList artifacts={result.artifacts} />
    </>
  );
}
