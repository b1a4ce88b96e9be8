/** What happens when the project reports again while a tree is under way, and how long its events may take. */
import { TextInput } from "@mantine/core";
import { useState } from "react";
import form from "@/components/forms.module.css";
import type { Project } from "@/lib/api/types";
import { formatDuration, parseDuration } from "@/lib/time";
import { useNumbers } from "../api/get-numbers";
import { deadlineHint } from "../numbers-model";
import classes from "../projects.module.css";

type Rule = Project["on_new_event"];

/** What each rule does with a new tree while an older one of the same branch is under way. */
const RULES: [rule: Rule, name: string, does: string][] = [
  ["parallel", "In parallel", "Each tree goes its own way and knows nothing of the others."],
  ["supersede", "Supersede", "The older tree is cancelled, the newer one goes at once."],
  ["queue", "Queue", "The newer tree is held until the older one has ended; none is left out."],
  ["coalesce", "Coalesce", "Like a queue, but of those that are held only the newest goes; the others are cancelled."],
];

export const DEADLINES = ["start_deadline_s", "finish_deadline_s"] as const;
export type Deadline = (typeof DEADLINES)[number];

export const ruleOf = (value: FormDataEntryValue | null): Rule =>
  RULES.find(([rule]) => rule === value)?.[0] ?? "parallel";

interface Props {
  project: Project;
  problem(field: string): string | undefined;
}

export function RuleFields({ project, problem }: Props) {
  const runs = useNumbers(project.name).data?.runs;
  const shared = { project, problem };
  return (
    <>
      <fieldset className={classes.fieldset}>
        <legend>If a tree of that branch is under way</legend>
        <div className={classes.choices}>
          {RULES.map(([rule, name, does]) => (
            <label key={rule} className={classes.choice}>
              <input type="radio" name="on_new_event" value={rule} defaultChecked={rule === project.on_new_event} />
              <strong>{name}</strong>
              <span>{does}</span>
            </label>
          ))}
        </div>
      </fieldset>
      <div className={form.two}>
        <DeadlineField {...shared} name="start_deadline_s" label="Starts within" p90={runs?.queued_p90_s ?? null} />
        <DeadlineField {...shared} name="finish_deadline_s" label="Ends within" p90={runs?.run_p90_s ?? null} />
      </div>
    </>
  );
}

interface DeadlineProps extends Props {
  name: Deadline;
  label: string;
  p90: number | null;
}

/** After the deadline the event counts as timed out; what runs behind it is then skipped. */
function DeadlineField({ project, name, label, p90, problem }: DeadlineProps) {
  const [typed, setTyped] = useState(formatDuration(project[name] * 1000));
  const ms = parseDuration(typed);
  return (
    <TextInput
      label={label}
      name={name}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      description={deadlineHint(ms === null ? null : ms / 1000, p90)}
      error={problem(name)}
    />
  );
}
