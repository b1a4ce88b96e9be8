/** The head of a step within the log: folds it, and says how it stands. */
import { StateIcon } from "@/components/state-icon";
import { Duration } from "@/components/time";
import type { Step } from "@/lib/api/types";
import { formatBytes } from "@/lib/bytes";
import { paths } from "@/lib/paths";
import { asState, STATE_WORD } from "@/lib/states";
import type { Section } from "./log-rows";
import classes from "./log-view.module.css";

interface Props {
  build: string;
  section: Section;
  onToggle(n: number): void;
}

export function StepHeader({ build, section, onToggle }: Props) {
  const { step, open } = section;
  const state = asState(step.state);
  return (
    <div className={classes.head}>
      <button type="button" aria-expanded={open} onClick={() => onToggle(step.n)} className={classes.fold}>
        <span aria-hidden="true" className={classes.arrow}>
          {open ? "▾" : "▸"}
        </span>
        <StateIcon state={state} size={14} />
        <span className="ellipsis">{nameOf(step)}</span>
        <span className="sr-only">, {STATE_WORD[state]}</span>
      </button>
      <span className={classes.size}>
        {step.exit_code ? <span>exit {step.exit_code}</span> : null}
        <span>{sizeOf(section)}</span>
        {step.started_at && <Duration from={step.started_at} to={step.finished_at} />}
        <a href={paths.wholeLog(build, step.n)} target="_blank" rel="noreferrer" aria-label={`Raw log of ${step.name}`}>
          raw
        </a>
      </span>
    </div>
  );
}

/** "test / unit"; a stage of one step of the same name is said once. */
export function nameOf(step: Step): string {
  return step.stage && step.stage !== step.name ? `${step.stage} / ${step.name}` : step.name;
}

function sizeOf({ model, step }: Section): string {
  if (!model?.known) return step.log_size ? formatBytes(step.log_size) : model ? "" : "no output";
  const { count, dropped } = model;
  const lines = `${count.toLocaleString("en")} line${count === 1 ? "" : "s"}`;
  return dropped ? `${lines}, the first ${dropped.toLocaleString("en")} only in the raw log` : lines;
}
