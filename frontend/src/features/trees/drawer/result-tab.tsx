import { Empty } from "@/components/empty";
import { StateText } from "@/components/state-badge";
import { Time } from "@/components/time";
import type { EventDetail } from "@/lib/api/types";
import { asState } from "@/lib/states";
import classes from "./drawer.module.css";
import { HandedOn } from "./handed-on";

/** What the project reported at the end. */
export function ResultTab({ event: { result } }: { event: EventDetail }) {
  if (!result) return <Empty title="No result yet">The project has not reported the end of its pipeline.</Empty>;
  return (
    <>
      <p className={`${classes.line} ${classes.told}`}>
        <StateText state={asState(result.status)} />
        <span className="muted">
          reported <Time at={result.received_at} />
        </span>
        {result.late && <strong>late: it had been given up, and counts all the same</strong>}
      </p>
      <HandedOn {...result} />
    </>
  );
}
