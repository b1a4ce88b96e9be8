import { Copyable } from "@/components/copyable";
import { Empty } from "@/components/empty";
import { Pairs } from "@/components/pairs";
import type { EventDetail } from "@/lib/api/types";
import classes from "./drawer.module.css";
import { HandedOn } from "./handed-on";

/** What the present attempt was given: ref, parameters filled in, and from each parent what that attempt of it handed on. */
export function InputsTab({ event: { inputs, sub_id: sub, attempt } }: { event: EventDetail }) {
  if (!inputs)
    return (
      <Empty title={sub === "1" ? "The root of the tree has no parents" : "No inputs yet"}>
        {sub === "1" ? "Its project reported it." : "They are frozen when the event starts."}
      </Empty>
    );
  return (
    <>
      <p className="muted">Frozen for attempt {attempt}; a rerun gets the very same.</p>
      {inputs.ref && (
        <p className={classes.line}>
          Ref <strong>{inputs.ref}</strong>
        </p>
      )}
      {Object.keys(inputs.parameters).length > 0 && (
        <section aria-label="Parameters">
          <h3 className={classes.sub}>Parameters</h3>
          <Pairs of={shownEmpty(inputs.parameters)} />
        </section>
      )}
      {inputs.parents.map((parent) => (
        <section key={parent.sub_id} aria-label={`From ${parent.project || parent.sub_id}`}>
          <h3 className={classes.sub}>
            From {parent.project || "a private project"} <span className="mono muted">{parent.sub_id}</span>{" "}
            <span className="muted">attempt {parent.attempt}</span>
          </h3>
          <div className={classes.item}>
            <HandedOn {...parent} />
          </div>
        </section>
      ))}
      <details className={classes.whole}>
        <summary>All of it as JSON</summary>
        <Copyable text={JSON.stringify(inputs, null, 2)} label="the inputs as JSON" />
      </details>
    </>
  );
}

/** A parameter that was filled in with nothing was given all the same. */
const shownEmpty = (parameters: Record<string, string>) =>
  Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, value || "(empty)"]));
