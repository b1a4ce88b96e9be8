import { Link } from "react-router";
import { Section } from "@/components/page";
import { StateIcon } from "@/components/state-icon";
import type { Connection, ConnectionTest } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { formatDuration } from "@/lib/time";
import classes from "./preview.module.css";

/** Each target step by step, and what to do where one does not hold; the troubled ones first. */
export function ConnectionList({ test }: { test: ConnectionTest }) {
  const sorted = [...test.connections].sort((a, b) => Number(a.ok) - Number(b.ok));
  return (
    <Section title="Connections">
      <p className={classes.check} role="status">
        <StateIcon state={test.ok ? "success" : "failed"} />
        <strong className={classes.all}>{test.text}</strong>
      </p>
      <ul className={classes.checks} aria-label="Connections">
        {sorted.map((connection) => (
          <Checked key={connection.project.id} connection={connection} />
        ))}
      </ul>
    </Section>
  );
}

function Checked({ connection }: { connection: Connection }) {
  const { project, kind, ok, duration_ms, findings } = connection;
  return (
    <li className={classes.check}>
      <StateIcon state={ok ? "success" : "failed"} />
      <span className="in-text">
        <Link to={paths.project(project.name)}>{project.name}</Link> <span className="muted">{kind}</span>
        <span className="sr-only">{ok ? " can be used" : " cannot be used"}</span>
      </span>
      <ul className={classes.findings}>
        {findings.map((finding) => (
          <li key={finding.step} className={classes.finding}>
            <span className={finding.ok ? classes.good : classes.bad}>
              <span aria-hidden="true">{finding.ok ? "✓" : "✕"}</span> {finding.step}
              <span className="sr-only">{finding.ok ? " holds" : " does not hold"}</span>
            </span>{" "}
            {finding.detail}
            {finding.duration_ms !== null && <span className="muted"> {formatDuration(finding.duration_ms)}</span>}
            {finding.fix && <span className={classes.fix}>→ {finding.fix}</span>}
          </li>
        ))}
      </ul>
      <span className={classes.took}>{formatDuration(duration_ms)}</span>
    </li>
  );
}
