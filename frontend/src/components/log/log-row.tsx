/** One row of the log: the head of a step, or one of its lines with its number as a link. */
import { type MouseEvent, memo } from "react";
import { paths } from "@/lib/paths";
import { LogLine } from "./log-line";
import type { Section } from "./log-rows";
import classes from "./log-view.module.css";
import { StepHeader } from "./step-header";

interface Props {
  build: string;
  section: Section;
  /** Null for the head of the step. */
  line: number | null;
  index: number;
  start: number;
  measure: ((element: HTMLElement | null) => void) | undefined;
  linked: boolean;
  query: string;
  /** The match that the search stands on. */
  current: boolean;
  dark: boolean;
  onPick(event: MouseEvent, n: number, line: number): void;
  onToggle(section: Section): void;
}

/** Scrolling renders only the rows that it brings: what is handed over must keep its identity. */
export const LogRow = memo(function LogRow(props: Props) {
  const { build, section, line, index, start, measure, linked, query, current, dark, onPick, onToggle } = props;
  const { n } = section.step;
  const text = line === null ? undefined : section.model?.line(line);
  const at = { transform: `translateY(${start}px)` };
  if (line === null)
    return (
      <div ref={measure} data-index={index} className={classes.headRow} style={at}>
        <StepHeader build={build} section={section} onToggle={() => onToggle(section)} />
      </div>
    );
  return (
    <div ref={measure} data-index={index} className={classes.row} data-linked={linked || undefined} style={at}>
      <a
        className={classes.number}
        href={paths.build(build, n, line)}
        data-n={line}
        aria-label={`Line ${line}`}
        tabIndex={-1}
        onClick={(event) => onPick(event, n, line)}
      >
        {" "}
      </a>
      <span className={classes.text}>
        {text && <LogLine key={`${n} ${line}`} line={text} query={query} current={current} dark={dark} />}
      </span>
    </div>
  );
});
