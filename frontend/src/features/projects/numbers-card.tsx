import { Link } from "react-router";
import form from "@/components/forms.module.css";
import { Loaded } from "@/components/loaded";
import { Section } from "@/components/page";
import { RunTicks, type TickedRun } from "@/components/run-ticks";
import type { Project, ProjectNumbers } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { DAYS, useNumbers } from "./api/get-numbers";
import { figuresOf, worst } from "./numbers-model";
import classes from "./projects.module.css";

/** What the last days say: how often its trees succeed, how long they take, who fails in them. */
export function NumbersCard({ project }: { project: Project }) {
  return (
    <Section title={`Last ${DAYS} days`} padded>
      <Loaded query={useNumbers(project.name)} rows={4}>
        {(numbers) => <Numbers numbers={numbers} />}
      </Loaded>
    </Section>
  );
}

function Numbers({ numbers }: { numbers: ProjectNumbers }) {
  if (numbers.trees.count + numbers.runs.count === 0)
    return <p className="muted">No tree in these days, and no run within one.</p>;
  return (
    <div className={form.stack}>
      <dl className={classes.figures}>
        {figuresOf(numbers).map(({ name, value, detail }) => (
          <div key={name} className={classes.figure}>
            <dt>{name}</dt>
            <dd>
              <strong>{value}</strong>
              <span>{detail}</span>
            </dd>
          </div>
        ))}
      </dl>
      <Worst numbers={numbers} />
      <Flaky numbers={numbers} />
      {numbers.last.length > 0 && (
        <div>
          <h3 className={classes.small}>Last {numbers.last.length} runs</h3>
          <RunTicks last={numbers.last.map(tickOf)} />
        </div>
      )}
    </div>
  );
}

function Worst({ numbers }: { numbers: ProjectNumbers }) {
  const failing = worst(numbers);
  if (!failing.length) return null;
  return (
    <div>
      <h3 className={classes.small}>Dependents that fail most</h3>
      <ul className={`${classes.list} in-text`}>
        {failing.map(({ name, text }) => (
          <li key={name}>
            <Link to={paths.project(name)}>{name}</Link> {text}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The runs of one input that ended differently, side by side. */
function Flaky({ numbers: { flakiness } }: { numbers: ProjectNumbers }) {
  if (!flakiness.examples.length) return null;
  return (
    <div>
      <h3 className={classes.small}>The same inputs, another result</h3>
      <ul className={`${classes.list} in-text`}>
        {flakiness.examples.map(({ events }) => (
          <li key={events.map(({ tree_id, sub_id }) => tree_id + sub_id).join()}>
            {events.map(({ tree_id, sub_id }, i) => (
              <span key={`${tree_id} ${sub_id}`}>
                {i > 0 && " ≠ "}
                <Link to={paths.event(tree_id, sub_id)}>
                  {tree_id.slice(-6)} {sub_id}
                </Link>
              </span>
            ))}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** A run outside of any tree has no event to open. */
function tickOf({ tree_id, sub_id, at, state, duration_s }: ProjectNumbers["last"][number]): TickedRun {
  const to = tree_id === null || sub_id === null ? null : paths.event(tree_id, sub_id);
  return { key: `${tree_id} ${sub_id} ${at}`, state, at, duration_s, to };
}
