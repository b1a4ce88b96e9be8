/** When a schedule runs next. It is written in a zone of its own, its runs are told in the reader's. */
import { Time } from "@/components/time";
import classes from "./jobs.module.css";

interface Props {
  next: readonly string[];
  zone: string;
}

export const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

export function NextRuns({ next, zone }: Props) {
  return (
    <div className={classes.next}>
      <span>{zone === ownZone() ? "Next" : "Next, in your own time zone"}</span>
      <ol aria-label="Next runs">
        {next.map((at) => (
          <li key={at}>
            <Time at={at} />
          </li>
        ))}
      </ol>
    </div>
  );
}
