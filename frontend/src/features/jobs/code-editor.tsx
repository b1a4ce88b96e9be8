/** A text with numbered lines, what is wrong with it beside the lines where it is, and below it as a list that leads there. */
import { type RefObject, type UIEvent, useMemo, useRef, useState } from "react";
import classes from "./code-editor.module.css";

export interface Mistake {
  /** From 1. */
  line: number;
  message: string;
  /** A warning: it does not keep the text from being used. */
  mild?: boolean;
}

interface Props {
  label: string;
  value: string;
  mistakes: readonly Mistake[];
  readOnly?: boolean;
  onChange?(value: string): void;
}

const LINE_PX = 20;
const ABOVE_PX = 8;
const FEWEST = 6;
const MOST = 28;
/** More than these would be noise. */
const TOLD = 50;
/** So many lines above one that is gone to stay in view. */
const CONTEXT = 4;

export function CodeEditor({ label, value, mistakes, readOnly = false, onChange }: Props) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [scrolled, setScrolled] = useState({ top: 0, left: 0 });
  const lines = useMemo(() => value.split("\n"), [value]);
  const told = mistakes.slice(0, TOLD);
  const follow = ({ currentTarget: { scrollTop: top, scrollLeft: left } }: UIEvent<HTMLTextAreaElement>) =>
    setScrolled({ top, left });
  return (
    <div>
      <div className={classes.editor}>
        <div className={classes.gutter} aria-hidden="true">
          <pre className={classes.numbers} style={{ transform: `translateY(${-scrolled.top}px)` }}>
            {lines.map((_, i) => i + 1).join("\n")}
          </pre>
        </div>
        <div className={classes.pane}>
          <Bands mistakes={told} lines={lines} scrolled={scrolled} />
          <textarea
            ref={field}
            className={classes.text}
            aria-label={label}
            aria-invalid={told.some((one) => !one.mild) || undefined}
            name="text"
            rows={Math.min(MOST, Math.max(FEWEST, lines.length + 1))}
            value={value}
            readOnly={readOnly}
            spellCheck={false}
            autoCapitalize="off"
            autoComplete="off"
            onScroll={follow}
            onChange={(event) => onChange?.(event.currentTarget.value)}
          />
        </div>
      </div>
      <Found mistakes={told} field={field} lines={lines} />
    </div>
  );
}

interface BandsProps {
  mistakes: readonly Mistake[];
  lines: readonly string[];
  scrolled: { top: number; left: number };
}

/** Each at its line, what is wrong behind the line's text; the list below says it to those who do not see them. */
function Bands({ mistakes, lines, scrolled }: BandsProps) {
  return (
    <div className={classes.bands} aria-hidden="true" style={{ transform: `translateY(${-scrolled.top}px)` }}>
      {mistakes.map(({ line, message, mild }) => (
        <div
          key={`${line} ${message}`}
          className={classes.band}
          data-mild={mild || undefined}
          style={{ top: ABOVE_PX + (line - 1) * LINE_PX }}
        >
          <span
            className={classes.said}
            style={{ left: `calc(${(lines[line - 1]?.length ?? 0) + 3}ch + 12px - ${scrolled.left}px)` }}
          >
            {message}
          </span>
        </div>
      ))}
    </div>
  );
}

interface FoundProps {
  mistakes: readonly Mistake[];
  lines: readonly string[];
  field: RefObject<HTMLTextAreaElement | null>;
}

function Found({ mistakes, lines, field }: FoundProps) {
  if (!mistakes.length) return null;
  const go = (line: number) => {
    const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    if (!field.current) return;
    field.current.focus();
    field.current.setSelectionRange(before, before + (lines[line - 1]?.length ?? 0));
    field.current.scrollTop = (line - CONTEXT) * LINE_PX;
  };
  return (
    <ul className={classes.found} aria-label="What is to be put right">
      {mistakes.map(({ line, message, mild }) => (
        <li key={`${line} ${message}`} data-mild={mild || undefined}>
          <button type="button" onClick={() => go(line)}>
            Line {line}
          </button>
          <span>
            {mild && "Not used: "}
            {message}
          </span>
        </li>
      ))}
    </ul>
  );
}
