import { TextInput } from "@mantine/core";
import { useState } from "react";
import { fieldError } from "@/lib/api/problem";
import type { Project } from "@/lib/api/types";
import { formatDuration, parseDuration } from "@/lib/time";
import { useChangeProject } from "../api/change-project";
import { useNumbers } from "../api/get-numbers";
import { deadlineHint } from "../numbers-model";
import classes from "../projects.module.css";
import { SettingsForm } from "./settings-form";

type Rule = Project["on_new_event"];

/** What each rule does with a new tree while an older one of the same branch is under way. */
const RULES: [rule: Rule, name: string, does: string][] = [
  ["parallel", "In parallel", "Each tree goes its own way and knows nothing of the others."],
  ["supersede", "Supersede", "The older tree is cancelled, the newer one goes at once."],
  ["queue", "Queue", "The newer tree is held until the older one has ended; none is left out."],
  ["coalesce", "Coalesce", "Like a queue, but of those that are held only the newest goes; the others are cancelled."],
];

const DEADLINES = ["start_deadline_s", "finish_deadline_s"] as const;
type Deadline = (typeof DEADLINES)[number];

/** What happens when the project reports again while a tree is under way, and how long its events may take. */
export function RulesForm({ project }: { project: Project }) {
  const change = useChangeProject(project.name);
  const [unread, setUnread] = useState<Deadline[]>([]);
  const runs = useNumbers(project.name).data?.runs;
  const save = (form: FormData) => {
    const spans = DEADLINES.map((name) => [name, parseDuration(String(form.get(name) ?? ""))] as const);
    setUnread(spans.filter(([, ms]) => ms === null).map(([name]) => name));
    if (spans.some(([, ms]) => ms === null)) return change.reset();
    const seconds = Object.fromEntries(spans.map(([name, ms]) => [name, Math.round((ms ?? 0) / 1000)]));
    change.mutate({ on_new_event: ruleOf(form.get("on_new_event")), ...seconds });
  };
  const problem = (name: Deadline) =>
    unread.includes(name) ? "Write it like 45m or 1h 30m." : fieldError(change.error, name);
  const shared = { project, problem };
  return (
    <SettingsForm title="Rules" saving={change} beside={DEADLINES.some(problem)} onSave={save}>
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
      <DeadlineField {...shared} name="start_deadline_s" label="Starts within" p90={runs?.queued_p90_s ?? null} />
      <DeadlineField {...shared} name="finish_deadline_s" label="Ends within" p90={runs?.run_p90_s ?? null} />
    </SettingsForm>
  );
}

const ruleOf = (value: FormDataEntryValue | null): Rule => RULES.find(([rule]) => rule === value)?.[0] ?? "parallel";

interface DeadlineProps {
  project: Project;
  name: Deadline;
  label: string;
  p90: number | null;
  problem(name: Deadline): string | undefined;
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
