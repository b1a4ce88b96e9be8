/** The log of one step: only the lines in view are mounted, search and line links reach all of them. */
import { useComputedColorScheme } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type MouseEvent, useEffect, useMemo, useRef, useState } from "react";
import { useLocation, useNavigate } from "react-router";
import { Empty } from "@/components/empty";
import { recall, remember } from "@/lib/remembered";
import { formatLines, type LineRange, parseLines } from "./line-link";
import { LogLine } from "./log-line";
import { LogTools } from "./log-tools";
import classes from "./log-view.module.css";
import { useFollow } from "./use-follow";
import { useLog } from "./use-log";
import { useLogSearch } from "./use-log-search";

const ROW = 20;
const WRAP_KEY = "dominoci-log-wrap";

interface Props {
  build: string;
  step: number;
  name: string;
  /** Still being written, or ended badly: then the end is what matters. */
  fromEnd: boolean;
  running: boolean;
  /** In bytes, when the page was fetched. */
  size: number;
}

export function LogView({ build, step, name, fromEnd, running, size }: Props) {
  const log = useLog(build, step);
  const { model } = log;
  const { hash } = useLocation();
  const linked = useMemo(() => parseLines(hash), [hash]);
  const box = useRef<HTMLDivElement>(null);
  const [wrap, setWrap] = useState(() => recall(WRAP_KEY) === "1");
  const [announce, setAnnounce] = useState(false);
  const dark = useComputedColorScheme("light") === "dark";
  const first = model.dropped + 1;
  const count = model.count - model.dropped;
  const rows = useVirtualizer({
    count,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 24,
    getItemKey: (index) => index + first,
  });
  const follow = useFollow(box, model.count, rows.getTotalSize(), fromEnd && linked === null);
  const show = (line: number) => {
    follow.stop();
    rows.scrollToIndex(line - first, { align: "center" });
  };
  const search = useLogSearch(log, show);
  useLinkedLine(linked, model.count, show);
  const pick = usePick(linked);
  return (
    <div className={classes.view}>
      <LogTools
        search={search}
        build={build}
        step={step}
        wrap={wrap}
        onWrap={(on) => {
          setWrap(on);
          remember(WRAP_KEY, on ? "1" : "0");
        }}
        announce={announce}
        onAnnounce={setAnnounce}
      />
      <div
        ref={box}
        className={classes.box}
        role="log"
        aria-live={announce ? "polite" : "off"}
        aria-label={`Log of ${name}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
        tabIndex={0}
        onScroll={follow.onScroll}
        onKeyDown={(event) => {
          if (event.key !== "End") return;
          event.preventDefault();
          follow.toEnd();
        }}
      >
        {log.error && <Empty title="The log cannot be read">{log.error}</Empty>}
        {count === 0 && size === 0 && !log.error && (
          <Empty title={running ? "No output yet" : "This step wrote nothing"} />
        )}
        {model.dropped > 0 && <p className={classes.note}>The first {model.dropped} lines are only in the raw log.</p>}
        <div className={classes.rows} data-wrap={wrap || undefined} style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((item) => {
            const number = item.index + first;
            const line = model.line(number);
            return (
              <div
                key={item.key}
                ref={wrap ? rows.measureElement : undefined}
                data-index={item.index}
                className={classes.row}
                data-linked={(linked && number >= linked.from && number <= linked.to) || undefined}
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <a
                  className={classes.number}
                  href={`#L${number}`}
                  data-n={number}
                  aria-label={`Line ${number}`}
                  tabIndex={-1}
                  onClick={(event) => pick(event, number)}
                >
                  {" "}
                </a>
                <span className={classes.text}>
                  {line && (
                    <LogLine
                      line={line}
                      query={search.query}
                      current={search.found[search.at] === number}
                      dark={dark}
                    />
                  )}
                </span>
              </div>
            );
          })}
        </div>
      </div>
      {!follow.following && running && (
        <button type="button" className={classes.pill} onClick={follow.toEnd}>
          ▼ {follow.unseen > 0 ? `${follow.unseen} new lines · ` : ""}follow (End)
        </button>
      )}
    </div>
  );
}

/** Shows the line of the address once it has arrived; a link wins over following. */
function useLinkedLine(linked: LineRange | null, count: number, show: (line: number) => void): void {
  const shown = useRef<LineRange | null>(null);
  useEffect(() => {
    if (!linked || shown.current === linked || count < linked.from) return;
    shown.current = linked;
    show(linked.from);
  });
}

/** A click on a number links to the line, with Shift to all from the one linked before. */
function usePick(linked: LineRange | null) {
  const navigate = useNavigate();
  const { search } = useLocation();
  return (event: MouseEvent, number: number) => {
    if (event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const range =
      event.shiftKey && linked
        ? { from: Math.min(linked.from, number), to: Math.max(linked.from, number) }
        : { from: number, to: number };
    void navigate({ search, hash: formatLines(range) }, { replace: true, preventScrollReset: true });
  };
}
