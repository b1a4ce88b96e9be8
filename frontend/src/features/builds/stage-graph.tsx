/** The stages of a build as a small graph: each card a link to its first (failing) step. One Tab stop; arrows walk the lines. */
import { type KeyboardEvent, useMemo, useRef, useState } from "react";
import { Link } from "react-router";
import { neighbourhood, step as walk } from "@/components/graph/reach";
import { StateIcon } from "@/components/state-icon";
import { Duration } from "@/components/time";
import { STATE_WORD } from "@/lib/states";
import classes from "./stage-graph.module.css";
import { layoutStages, STAGE, type StageLayout } from "./stage-layout";
import type { Line, Stage, StagePipeline, Way } from "./stage-model";

interface Props {
  pipelines: readonly StagePipeline[];
  /** The stage whose log is shown. */
  current: string | null;
  linkOf(stage: Stage): string | null;
}

export function StageGraph({ pipelines, current, linkOf }: Props) {
  const routed = pipelines.some((one) => one.routed);
  return (
    <section className={classes.strip} aria-label="Stages">
      {pipelines.map((pipeline) => (
        <div key={pipeline.name}>
          {pipelines.length > 1 && <h2 className={classes.pipeline}>{pipeline.name}</h2>}
          <Pipeline pipeline={pipeline} current={current} linkOf={linkOf} />
        </div>
      ))}
      {routed && <Legend />}
    </section>
  );
}

function Pipeline({ pipeline, current, linkOf }: Omit<Props, "pipelines"> & { pipeline: StagePipeline }) {
  const key = JSON.stringify([
    pipeline.stages.map((stage) => stage.key),
    pipeline.lines.map((line) => [line.from, line.to]),
  ]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for stages and lines; a change of state moves no card
  const still = useMemo(() => layoutStages(pipeline), [key]);
  const layout = useMemo(() => withStates(still, pipeline.lines), [still, pipeline.lines]);
  const graph = useMemo(() => neighbourhood(pipeline.lines), [pipeline.lines]);
  const box = useRef<HTMLUListElement>(null);
  const [focused, setFocused] = useState<string | null>(null);
  const links = pipeline.stages.filter((stage) => linkOf(stage) !== null).map((stage) => stage.key);
  const reachable = [focused, current, links[0]].find((one) => one && links.includes(one)) ?? null;
  const find = (stage: string) =>
    [...(box.current?.querySelectorAll<HTMLElement>("[data-stage]") ?? [])].find((card) => stageOf(card) === stage);
  const onKeyDown = (event: KeyboardEvent) => {
    const at = stageOf(event.target);
    const next = at && !event.ctrlKey && !event.metaKey ? walk(event.key, at, graph, layout) : undefined;
    if (!next) return;
    event.preventDefault();
    find(next)?.focus();
  };
  return (
    <ul
      ref={box}
      className={classes.graph}
      style={{ width: layout.width, height: layout.height }}
      aria-label={`Stages of ${pipeline.name}`}
      onKeyDown={onKeyDown}
      onFocus={(event) => setFocused(stageOf(event.target))}
    >
      <Lines layout={layout} />
      {pipeline.stages.map((stage) => (
        <li key={stage.key} className={classes.place} style={at(layout, stage)}>
          <Card
            stage={stage}
            current={stage.key === current}
            to={linkOf(stage)}
            comes={comesFrom(stage, pipeline)}
            tabIndex={stage.key === reachable ? 0 : -1}
          />
        </li>
      ))}
    </ul>
  );
}

const stageOf = (card: EventTarget) => (card instanceof Element ? card.getAttribute("data-stage") : null);

const withStates = (layout: StageLayout, lines: readonly Line[]): StageLayout => ({
  ...layout,
  lines: layout.lines.map((drawn) => ({
    ...drawn,
    taken:
      lines.find((line) => line.from === drawn.from && line.to === drawn.to && line.way === drawn.way)?.taken ?? false,
  })),
});

const at = (layout: StageLayout, { key }: Stage) => {
  const card = layout.cards[key];
  return { left: card?.x ?? 0, top: card?.y ?? 0, width: STAGE.width, height: STAGE.height };
};

/** "after compile, on failure of test", for who cannot see the lines. */
function comesFrom(stage: Stage, { stages, lines }: StagePipeline): string {
  const nameOf = new Map(stages.map((one) => [one.key, one.name]));
  const words: Record<Way, string> = { after: "after", success: "on success of", fail: "on failure of" };
  return lines
    .filter((line) => line.to === stage.key)
    .map((line) => `${words[line.way]} ${nameOf.get(line.from)}`)
    .join(", ");
}

interface CardProps {
  stage: Stage;
  current: boolean;
  to: string | null;
  comes: string;
  tabIndex: number;
}

function Card({ stage, current, to, comes, tabIndex }: CardProps) {
  const { state, name, counted, ended } = stage;
  const progress = counted > 1 ? `${ended} of ${counted} steps` : "";
  const inside = (
    <>
      <StateIcon state={state} size={14} />
      <span className="ellipsis">
        {name}
        <span className="sr-only">
          , {STATE_WORD[state]}
          {comes && `, ${comes}`}
        </span>
      </span>
      <span className={classes.under}>
        {stage.from ? <Duration from={stage.from} to={stage.to} /> : STATE_WORD[state]}
        {progress && <span>{progress}</span>}
      </span>
      {state === "running" && counted > 0 && (
        <progress
          className={classes.progress}
          value={ended}
          max={counted}
          aria-label={`${name}: ${progress || "running"}`}
        />
      )}
    </>
  );
  const shown = { className: classes.card, "data-state": state, "data-stage": stage.key, title: name } as const;
  return to === null ? (
    <span {...shown}>{inside}</span>
  ) : (
    <Link {...shown} to={to} replace tabIndex={tabIndex} aria-current={current ? "step" : undefined}>
      {inside}
    </Link>
  );
}

function Lines({ layout }: { layout: StageLayout }) {
  return (
    <li className={classes.lines} aria-hidden="true">
      <svg width={layout.width} height={layout.height} aria-hidden="true">
        {layout.lines.map((line) => (
          <g key={`${line.from} ${line.to} ${line.way}`} data-way={line.way} data-taken={line.taken || undefined}>
            <path d={line.path} />
            {line.way !== "after" && (
              <text x={line.label.x} y={line.label.y + 4}>
                {MARK[line.way]}
              </text>
            )}
          </g>
        ))}
      </svg>
    </li>
  );
}

const MARK = { success: "✓", fail: "✕" } as const;

function Legend() {
  return (
    <p className={classes.legend} aria-hidden="true">
      {(["success", "fail"] as const).map((way) => (
        <span key={way}>
          <svg width="40" height="14" aria-hidden="true" className={classes.sample}>
            <g data-way={way}>
              <path d="M0 7H40" />
              <text x="20" y="11">
                {MARK[way]}
              </text>
            </g>
          </svg>
          {way === "success" ? "on success" : "on failure"}
        </span>
      ))}
      <span>thick: taken</span>
    </p>
  );
}
