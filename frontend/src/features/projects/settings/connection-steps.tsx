/** The connection test: each step with what was found, how long it took, and what to do where it does not hold. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { Section } from "@/components/page";
import { ProblemNote } from "@/components/problem-note";
import { StateIcon } from "@/components/state-icon";
import { Time } from "@/components/time";
import type { Connection, Project } from "@/lib/api/types";
import { formatDuration } from "@/lib/time";
import { useNow } from "@/lib/use-now";
import { useTestConnection, useTestTree } from "../api/test-connection";
import { nameOf } from "../target/target-model";
import { foreseenSteps } from "./connection-model";
import { Findings } from "./findings";
import classes from "./settings.module.css";
import { TestedTree } from "./tested-tree";

export function ConnectionSteps({ project, dirty }: { project: Project; dirty: boolean }) {
  const test = useTestConnection(project.name);
  const tree = useTestTree(project.name);
  return (
    <Section
      title="Test connection"
      padded
      actions={
        <span className={classes.buttons}>
          <Button size="xs" variant="default" loading={test.isPending} disabled={dirty} onClick={() => test.mutate()}>
            {test.data ? "Test again" : "Test connection"}
          </Button>
          <Button size="xs" variant="default" loading={tree.isPending} disabled={dirty} onClick={() => tree.mutate()}>
            Test tree
          </Button>
        </span>
      }
    >
      <p className="muted">
        {dirty
          ? "What is tested is what is saved: save first."
          : "Nothing is started: it is only asked whether it could be. The tree is all that a success would trigger."}
      </p>
      <ProblemNote error={test.error} />
      {test.isPending && <Asking project={project} />}
      {test.data && !test.isPending && <Steps connection={test.data} project={project} />}
      <ProblemNote error={tree.error} />
      {tree.isPending && <Elapsed text="Asking every CI system that a success would trigger" />}
      {tree.data && !tree.isPending && <TestedTree test={tree.data} project={project} />}
    </Section>
  );
}

/** What will be asked, while it is. */
function Asking({ project: { target } }: { project: Project }) {
  return (
    <div className={classes.asking}>
      <Elapsed text={`Asking ${nameOf(target.kind)}`} />
      <ol className={classes.steps} aria-label="Steps to come">
        {foreseenSteps(target).map((step) => (
          <li key={step} className={classes.step}>
            <StateIcon state="waiting" />
            <span className="muted">{step}</span>
            <span />
          </li>
        ))}
      </ol>
    </div>
  );
}

/** The server gives up after as long. */
const LONGEST = "20 s";

function Elapsed({ text }: { text: string }) {
  const now = useNow();
  const [begun] = useState(now);
  const passed = Math.max(0, now - begun);
  return (
    <p className={`${classes.elapsed} num`}>
      <span role="status">{text}…</span>{" "}
      <span className="muted">
        {formatDuration(Math.floor(passed / 1000) * 1000)} of at most {LONGEST}
      </span>
    </p>
  );
}

function Steps({ connection, project }: { connection: Connection; project: Project }) {
  const broken = connection.findings.find((finding) => !finding.ok);
  return (
    <div role="status">
      <ol className={classes.steps} aria-label="Steps">
        <Findings of={connection.findings} />
        <Reports last={project.last_result} />
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
function Reports({ last }: { last: Project["last_result"] }) {
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
