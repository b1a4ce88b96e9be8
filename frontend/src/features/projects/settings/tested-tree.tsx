/** What a success would trigger, and whether each of it can be triggered. */
import { Link } from "react-router";
import { StateIcon } from "@/components/state-icon";
import type { Connection, ConnectionTest, Project } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { nameOf } from "../target/target-model";
import { troubledFirst } from "./connection-model";
import classes from "./settings.module.css";

/** How many are listed here; the page of connections has them all. */
const LISTED = 12;

export function TestedTree({ test, project }: { test: ConnectionTest; project: Project }) {
  const listed = troubledFirst(test.connections).slice(0, LISTED);
  return (
    <div role="status" className={classes.tested}>
      <p>
        <strong>{test.text}</strong>
        {test.reason && `. ${test.reason}`}
      </p>
      <ul className={classes.steps} aria-label="Connections of the tree">
        {listed.map((connection) => (
          <Tested key={connection.project.id} connection={connection} />
        ))}
      </ul>
      <p className="in-text">
        <Link to={paths.connections(project.name)}>
          {test.connections.length > LISTED ? `All ${test.connections.length}, step by step` : "Every step"}, and the
          order in which they would run
        </Link>
      </p>
    </div>
  );
}

function Tested({ connection: { project, kind, ok, findings } }: { connection: Connection }) {
  const broken = findings.find((finding) => !finding.ok);
  return (
    <li className={classes.step}>
      <StateIcon state={ok ? "success" : "failed"} />
      <span>
        <Link to={paths.project(project.name)}>{project.name}</Link> <span className="muted">{nameOf(kind)}</span>
        <span className="sr-only">{ok ? " can be triggered" : " cannot be triggered"}</span>
        {broken && (
          <>
            {" "}
            <strong>{broken.step}</strong> {broken.detail}
            {broken.fix && <span className={classes.fix}>→ {broken.fix}</span>}
          </>
        )}
      </span>
      <span />
    </li>
  );
}
