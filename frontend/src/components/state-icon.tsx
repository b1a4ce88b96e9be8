/** The icon of a state: its shape says what its colour says, so that neither is needed alone. */
import type { State } from "@/lib/states";
import classes from "./state-icon.module.css";

const C = "var(--c)";
const S = "var(--card)";

const SHAPES: Record<State, React.ReactNode> = {
  waiting: <circle cx="8" cy="8" r="6" fill="none" stroke={C} strokeWidth="2" strokeDasharray="2 2.7" />,
  queued: (
    <g fill="none" stroke={C} strokeWidth="2">
      <circle cx="8" cy="8" r="6" />
      <path d="M8 4.8V8l2.2 1.6" strokeWidth="1.6" />
    </g>
  ),
  triggered: <path d="M1.5 8 14.5 2 11 14 7.6 9.4Z" fill="none" stroke={C} strokeWidth="1.8" strokeLinejoin="round" />,
  running: (
    <>
      <path className={classes.turn} d="M8 2a6 6 0 1 1-6 6" fill="none" stroke={C} strokeWidth="2" />
      <circle cx="8" cy="8" r="2.2" fill={C} />
    </>
  ),
  success: (
    <>
      <circle cx="8" cy="8" r="7" fill={C} />
      <path d="m4.6 8.3 2.3 2.3 4.6-5" fill="none" stroke={S} strokeWidth="1.8" />
    </>
  ),
  failed: (
    <>
      <path d="M5 1h6l4 4v6l-4 4H5l-4-4V5Z" fill={C} />
      <path d="m5.4 5.4 5.2 5.2m0-5.2-5.2 5.2" stroke={S} strokeWidth="1.8" />
    </>
  ),
  cancelled: (
    <>
      <rect x="2.25" y="2.25" width="11.5" height="11.5" fill="none" stroke={C} strokeWidth="1.5" />
      <rect x="5" y="5" width="6" height="6" fill={C} />
    </>
  ),
  skipped: (
    <g fill="none" stroke={C} strokeWidth="1.8">
      <circle cx="8" cy="8" r="6" />
      <path d="M3.8 12.2 12.2 3.8" />
    </g>
  ),
  timed_out: (
    <>
      <path d="M8 .8 15.2 8 8 15.2.8 8Z" fill={C} />
      <path d="M8 4.4v4.4M8 10.4V12" stroke={S} strokeWidth="1.8" />
    </>
  ),
  undeliverable: (
    <g fill="none" stroke={C}>
      <path d="M8 1.2 15.4 14.4H.6Z" strokeWidth="1.6" strokeLinejoin="round" />
      <path d="m6.3 8.4 3.4 3.4m0-3.4-3.4 3.4" strokeWidth="1.4" />
    </g>
  ),
};

export function StateIcon({ state, size = 16 }: { state: State; size?: number }) {
  return (
    <svg className={classes.icon} data-state={state} width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      {SHAPES[state]}
    </svg>
  );
}
