/** Reports that came with the project's token and were refused: what was wrong, and what to do about it. */
import form from "@/components/forms.module.css";
import { Section } from "@/components/page";
import { StateIcon } from "@/components/state-icon";
import { Time } from "@/components/time";
import type { Project, Refusal } from "@/lib/api/types";
import { useRefusals } from "./api/get-refusals";
import classes from "./projects.module.css";

/** For a project that has reported before; nothing while all is well. */
export function RefusedReports({ project }: { project: Project }) {
  const refusals = useRefusals(project.name, false).data?.items ?? [];
  if (!refusals.length) return null;
  return (
    <Section title="Refused since the last report" padded>
      <RefusalList refusals={refusals} />
    </Section>
  );
}

/** What came meanwhile and could not be taken, for whoever waits for the first event. */
export function RefusedMeanwhile({ project }: { project: Project }) {
  const refusals = useRefusals(project.name, true).data?.items ?? [];
  return (
    <div aria-live="polite">
      {refusals.length > 0 && (
        <>
          <p>
            {refusals.length === 1 ? "A report came with its token and was" : "Reports came with its token and were"}{" "}
            refused:
          </p>
          <RefusalList refusals={refusals} />
        </>
      )}
    </div>
  );
}

function RefusalList({ refusals }: { refusals: readonly Refusal[] }) {
  return (
    <ul className={classes.refusals} aria-label="Refused reports">
      {refusals.map(({ id, at, route, status, detail, fix }) => (
        <li key={id}>
          <StateIcon state="failed" />
          <div>
            <strong>{status}</strong> <span className="mono">POST {route}</span> <Time at={at} />
            <p>{detail}</p>
            <p className={form.note}>{fix}</p>
          </div>
        </li>
      ))}
    </ul>
  );
}
