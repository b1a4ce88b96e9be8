import { ArtifactList } from "@/components/artifact-list";
import { Pairs } from "@/components/pairs";
import type { EventDetail } from "@/lib/api/types";
import classes from "./drawer.module.css";

/** What the event was given: ref, parameters, and from each parent its metadata, links and artifacts. */
export function InputsTab({ event: { inputs } }: { event: EventDetail }) {
  return (
    <>
      {(inputs.ref || Object.keys(inputs.parameters).length > 0) && (
        <Pairs of={{ ref: inputs.ref, ...inputs.parameters }} />
      )}
      {inputs.parents.length === 0 && <p className="muted">The root of the tree has no parents.</p>}
      {inputs.parents.map((parent) => (
        <section key={parent.sub_id} aria-label={`From ${parent.project || parent.sub_id}`}>
          <h3 className={classes.sub}>
            From {parent.project || "a private project"} <span className="mono muted">{parent.sub_id}</span>
          </h3>
          <div className={classes.item}>
            <Pairs of={parent.metadata} />
            <h4>Links</h4>
            <Pairs of={parent.links} />
            <h4>Artifacts</h4>
            <ArtifactList artifacts={parent.artifacts} />
          </div>
        </section>
      ))}
    </>
  );
}
