/** The connection test: each step with what was found, how long it took, and what to do where it does not hold. */
import { Button } from "@mantine/core";
import { Link } from "react-router";
import { Section } from "@/components/page";
import { ProblemNote } from "@/components/problem-note";
import { Skeleton } from "@/components/skeleton";
import { StateIcon } from "@/components/state-icon";
import { Time } from "@/components/time";
import type { Connection, Project } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { formatDuration } from "@/lib/time";
import { useTestConnection } from "../api/test-connection";
import classes from "./settings.module.css";

export function ConnectionSteps({ project, dirty }: { project: Project; dirty: boolean }) {
  const test = useTestConnection(project.name);
  return (
    <Section
      title="Test connection"
      padded
      actions={
        <Button size="xs" variant="default" loading={test.isPending} disabled={dirty} onClick={() => test.mutate()}>
          {test.data ? "Test again" : "Test connection"}
        </Button>
      }
    >
      <p className="muted in-text">
        {dirty
          ? "What is tested is what is saved: save first."
          : "Nothing is started: it is only asked whether it could be."}{" "}
        <Link to={paths.connections(project.name)}>Test all that it would trigger</Link>
      </p>
      <ProblemNote error={test.error} />
      {test.isPending && <Skeleton rows={3} />}
      {test.data && !test.isPending && <Steps connection={test.data} project={project} />}
    </Section>
  );
}

function Steps({ connection, project }: { connection: Connection; project: Project }) {
  const broken = connection.findings.find((finding) => !finding.ok);
  return (
    <div role="status">
      <ol className={classes.steps} aria-label="Steps">
        {connection.findings.map(({ step, ok, detail, fix, duration_ms }) => (
          <li key={step} className={classes.step}>
            <StateIcon state={ok ? "success" : "failed"} />
            <span>
              <strong>{step}</strong>
              <span className="sr-only">{ok ? " holds" : " does not hold"}</span> {detail}
              {fix && <span className={classes.fix}>→ {fix}</span>}
            </span>
            <span className={classes.took}>{duration_ms === null ? "" : formatDuration(duration_ms)}</span>
          </li>
        ))}
        <Callback last={project.last_result} />
      </ol>
      {broken && (
        <p className={classes.warning}>
          It fails at <strong>{broken.step}</strong>. That is a warning: what is saved stays saved, and events wait for
          it to come back.
        </p>
      )}
    </div>
  );
}

/** The way back cannot be asked for, only seen: when it last reported. */
function Callback({ last }: { last: Project["last_result"] }) {
  return (
    <li className={classes.step}>
      <StateIcon state={last ? "success" : "waiting"} />
      <span>
        <strong>reports</strong>{" "}
        {last ? (
          <>
            Your CI can reach us: it reported <Time at={last.at} />.
          </>
        ) : (
          "Nothing was reported from there yet. Its last step has to do that, with a token of this project."
        )}
      </span>
      <span />
    </li>
  );
}
