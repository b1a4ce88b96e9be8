/** The log of a whole build: steps that fold, of which only the lines in view are mounted; search and links reach all of them. */
import { useComputedColorScheme } from "@mantine/core";
import { type CSSProperties, useCallback, useMemo, useRef, useState } from "react";
import { Empty } from "@/components/empty";
import type { Build } from "@/lib/api/types";
import { recall, remember } from "@/lib/remembered";
import { asState, isFinal } from "@/lib/states";
import { useKeys } from "@/lib/use-keys";
import { type ErrorPlace, nextError } from "./errors";
import { LogRow } from "./log-row";
import { linesOf, longest, placeAt, rowsOf, type Section } from "./log-rows";
import { LogTools } from "./log-tools";
import classes from "./log-view.module.css";
import { StepHeader } from "./step-header";
import { useFind } from "./use-find";
import { type Follow, useFollow } from "./use-follow";
import { type Landing, useArrival, useLanding } from "./use-landing";
import { useLineLinks } from "./use-line-links";
import { useLogs } from "./use-logs";
import { useRows } from "./use-rows";

const WRAP_KEY = "dominoci-log-wrap";

export function LogView({ build }: { build: Build }) {
  const frame = useRef<HTMLElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const [wrap, setWrap] = useState(() => recall(WRAP_KEY) === "1");
  const [announce, setAnnounce] = useState(false);
  const dark = useComputedColorScheme("light") === "dark";
  const links = useLineLinks(build);
  const landing = useLanding(build, links);
  const logs = useLogs(build.id, landing.open);
  const { modelOf, revision } = logs;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the models grow in place; the revision says when
  const rows = useMemo(
    () => rowsOf(build.steps, landing.open, modelOf),
    [build.steps, landing.open, modelOf, revision],
  );
  const mounted = useRows(rows, box, wrap);
  const follow = useFollow(box, linesOf(rows), mounted.height, landing.follows);
  const running = !isFinal(asState(build.state));
  useArrival(landing, rows, mounted, follow);
  const find = useFind(build.id, rows, revision, ({ n, line }) => landing.show({ n, what: line }));
  const jump = useErrorKeys(landing, (from, way) => nextError(rows, from, way));
  const above = placeAt(rows, mounted.first);
  const wrapChosen = (on: boolean) => {
    setWrap(on);
    remember(WRAP_KEY, on ? "1" : "0");
  };
  const fold = useSteady((section: Section) => {
    follow.stop();
    landing.toggle(section.step.n);
    if (section.open) mounted.scrollTo(section.index, "start");
  });
  return (
    <section ref={frame} className={classes.view} aria-label="Log of the build">
      <LogTools
        build={build.id}
        frame={frame}
        find={find}
        wrap={wrap}
        onWrap={wrapChosen}
        announce={announce}
        onAnnounce={setAnnounce}
        allOpen={rows.sections.every((section) => section.open)}
        onAll={(open) => landing.all(open ? rows.sections.map((section) => section.step.n) : [])}
        onError={jump}
      />
      <div className={classes.frame}>
        {above?.line != null && (
          <div className={classes.sticky}>
            <StepHeader build={build.id} section={above.section} onToggle={() => fold(above.section)} />
          </div>
        )}
        <div
          ref={box}
          className={classes.box}
          role="log"
          aria-live={announce ? "polite" : "off"}
          aria-label={`Log of ${build.project.name} #${build.number}`}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
          tabIndex={0}
          onScroll={() => {
            follow.onScroll();
            mounted.onScroll();
          }}
          onWheel={() => gesture(follow, landing)}
          onTouchMove={() => gesture(follow, landing)}
          onPointerDown={() => gesture(follow, landing)}
          onKeyDown={(event) => {
            gesture(follow, landing);
            if (event.key !== "End") return;
            event.preventDefault();
            follow.toEnd();
          }}
        >
          {logs.error && <Empty title="The log cannot be read">{logs.error}</Empty>}
          <div
            className={classes.rows}
            data-wrap={wrap || undefined}
            style={{ height: mounted.height, "--digits": String(longest(rows)).length } as CSSProperties}
          >
            {mounted.items.map(({ index, start }) => {
              const place = placeAt(rows, index);
              return (
                place && (
                  <LogRow
                    key={mounted.keyOf(index)}
                    build={build.id}
                    section={place.section}
                    line={place.line}
                    index={index}
                    start={start}
                    measure={mounted.measure}
                    linked={links.covers(place)}
                    query={find.query}
                    current={find.current?.n === place.section.step.n && find.current.line === place.line}
                    dark={dark}
                    onPick={links.pick}
                    onToggle={fold}
                  />
                )
              );
            })}
          </div>
        </div>
        {!follow.following && running && (
          <button type="button" className={classes.pill} onClick={follow.toEnd}>
            ▼ {follow.unseen > 0 ? `${follow.unseen.toLocaleString("en")} new lines · ` : ""}follow (End)
          </button>
        )}
      </div>
    </section>
  );
}

/** A function that stays the same one, and does what its latest version does. */
function useSteady<A extends unknown[]>(act: (...args: A) => void): (...args: A) => void {
  const latest = useRef(act);
  latest.current = act;
  return useCallback((...args: A) => latest.current(...args), []);
}

/** Whoever scrolls by hand is not moved any more. */
function gesture(follow: Follow, landing: Landing): void {
  follow.onGesture();
  landing.done();
}

/** `f` and `F` go from error to error; the same is done by the buttons. */
function useErrorKeys(
  landing: Landing,
  next: (from: ErrorPlace | null, way: 1 | -1) => ErrorPlace | null,
): (way: 1 | -1) => boolean {
  const last = useRef<ErrorPlace | null>(null);
  const jump = (way: 1 | -1) => {
    const found = next(last.current, way);
    if (!found) return false;
    last.current = found;
    landing.show({ n: found.n, what: found.line ?? "error" });
    return true;
  };
  useKeys(
    Object.fromEntries([
      ["f", () => void jump(1)],
      ["F", () => void jump(-1)],
    ]),
  );
  return jump;
}
