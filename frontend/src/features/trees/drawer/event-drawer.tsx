/** Everything about one event, beside the tree. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { Link } from "react-router";
import { Loaded } from "@/components/loaded";
import { StateBadge } from "@/components/state-badge";
import { Duration } from "@/components/time";
import { type EventTab, paths } from "@/lib/paths";
import { asState } from "@/lib/states";
import { eventQuery, useEvent } from "../api/get-event";
import type { TreeRow } from "../tree-model";
import type { TreeAddress } from "../use-tree-address";
import { AttemptsTab } from "./attempts-tab";
import { DeliveriesTab } from "./deliveries-tab";
import classes from "./drawer.module.css";
import { HistoryTab } from "./history-tab";
import { InputsTab } from "./inputs-tab";
import { ResultTab } from "./result-tab";
import { WhyTab } from "./why-tab";

const TABS: [EventTab, string][] = [
  ["why", "Why"],
  ["attempts", "Attempts"],
  ["deliveries", "Deliveries"],
  ["inputs", "Inputs"],
  ["result", "Result"],
  ["history", "History"],
];

interface Props {
  sub: string;
  row: TreeRow | undefined;
  address: TreeAddress;
  onClose(): void;
}

export function EventDrawer({ sub, row, address, onClose }: Props) {
  const { tree, tab, search } = address;
  const event = useEvent(tree, sub);
  useFreshness(tree, sub, row);
  return (
    <aside className={classes.drawer} aria-label={`Event ${sub}`}>
      <Loaded query={event} rows={6}>
        {(data) => (
          <>
            <header className={classes.header}>
              <h2>
                <span className="ellipsis">{data.project?.name ?? "Private project"}</span>
                <span className="mono muted">{data.sub_id}</span>
              </h2>
              <button type="button" className={classes.close} onClick={onClose} aria-label="Close" title="Close (Esc)">
                ×
              </button>
              <p className={classes.facts}>
                <StateBadge state={asState(data.state)} />
                {data.started_at && <Duration from={data.started_at} to={data.finished_at} />}
                <span>
                  {[data.attempt ? `attempt ${data.attempt}` : "", data.ref, data.target].filter(Boolean).join(" · ")}
                </span>
              </p>
              <EventLinks project={data.project} build={data.build_id} run={data.run_url} />
            </header>
            <nav className={classes.tabs} aria-label="About this event">
              {TABS.map(([name, text]) => (
                <Link
                  key={name}
                  to={paths.event(tree, sub, name) + search}
                  replace
                  aria-current={name === tab ? "page" : undefined}
                >
                  {text}
                </Link>
              ))}
            </nav>
            <div className={classes.body}>
              {tab === "why" && <WhyTab tree={tree} sub={sub} />}
              {tab === "attempts" && <AttemptsTab event={data} />}
              {tab === "deliveries" && <DeliveriesTab tree={tree} sub={sub} />}
              {tab === "inputs" && <InputsTab event={data} />}
              {tab === "result" && <ResultTab event={data} />}
              {tab === "history" && <HistoryTab event={data} />}
            </div>
          </>
        )}
      </Loaded>
    </aside>
  );
}

function EventLinks({
  project,
  build,
  run,
}: {
  project: { id: string; name: string } | null;
  build: string | null;
  run: string | null;
}) {
  return (
    <p className={classes.links}>
      {build && <Link to={paths.build(build)}>Build and log</Link>}
      {!build && run && (
        <a href={httpOnly(run)} rel="noreferrer" target="_blank">
          Open the run ↗
        </a>
      )}
      {project?.name && <Link to={paths.project(project.name)}>Project {project.name}</Link>}
    </p>
  );
}

/** Links come from other systems: only http and https lead anywhere. */
const httpOnly = (url: string) => (/^https?:\/\//i.test(url) ? url : undefined);

/** The graph is live; when it says that this event moved on, the details are fetched again. */
function useFreshness(tree: string, sub: string, row: TreeRow | undefined): void {
  const queries = useQueryClient();
  const stamp = row ? `${row.state} ${row.node.attempt} ${row.node.reason ?? ""}` : "";
  const seen = useRef(stamp);
  useEffect(() => {
    if (seen.current === stamp) return;
    seen.current = stamp;
    void queries.invalidateQueries({ queryKey: eventQuery(tree, sub).queryKey });
  }, [queries, tree, sub, stamp]);
}
