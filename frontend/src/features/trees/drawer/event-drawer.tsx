/** Everything about one event, beside the tree. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { Link } from "react-router";
import { Empty } from "@/components/empty";
import type { Neighbourhood } from "@/components/graph/reach";
import { Loaded } from "@/components/loaded";
import { StateBadge } from "@/components/state-badge";
import { Duration } from "@/components/time";
import { asApiError } from "@/lib/api/problem";
import type { EventDetail } from "@/lib/api/types";
import { type EventTab, paths } from "@/lib/paths";
import { asState, isFinal, STATE_WORD } from "@/lib/states";
import { EventActs } from "../acts/event-acts";
import type { Acts } from "../acts/use-acts";
import { eventQuery, useEvent } from "../api/get-event";
import { BARE, marksOf } from "../marks";
import { Marks } from "../marks-view";
import { systemOf } from "../systems";
import type { TreeRow } from "../tree-model";
import type { TreeAddress } from "../use-tree-address";
import { AttemptsTab } from "./attempts-tab";
import { DeliveriesTab } from "./deliveries-tab";
import classes from "./drawer.module.css";
import { DrawerFrame } from "./drawer-frame";
import { HistoryTab } from "./history-tab";
import { httpOnly } from "./http-only";
import { InputsTab } from "./inputs-tab";
import { LogTab } from "./log-tab";
import { ResultTab } from "./result-tab";
import { WhyTab } from "./why-tab";

const TABS: [EventTab, string][] = [
  ["why", "Why"],
  ["attempts", "Attempts"],
  ["deliveries", "Deliveries"],
  ["inputs", "Inputs"],
  ["result", "Result"],
  ["log", "Log"],
  ["history", "History"],
];

interface Props {
  sub: string;
  row: TreeRow | undefined;
  rows: readonly TreeRow[];
  graph: Neighbourhood;
  acts: Acts;
  /** Asks for the focus on the first action. */
  actionsAsked: boolean;
  onActionsShown(): void;
  address: TreeAddress;
  onClose(): void;
}

export function EventDrawer({ sub, row, rows, graph, acts, address, onClose, ...asking }: Props) {
  const { tree } = address;
  const event = useEvent(tree, sub, row?.hidden);
  const foot = useFocusWithin(asking.actionsAsked && event.data !== undefined, asking.onActionsShown);
  useFreshness(tree, sub, row);
  const unknown = event.data === undefined && event.error !== null && asApiError(event.error).status === 404;
  return (
    <DrawerFrame label={`Event ${sub}`} onClose={onClose}>
      <div className={classes.scroll} data-tab={address.tab}>
        {row?.hidden ? (
          <Empty title="Private project" level="h2">
            You may not see the project of event {sub}. It is {STATE_WORD[row.state]}; who owns it can make you a
            member.
          </Empty>
        ) : unknown ? (
          <Empty title={`This tree has no event ${sub}`} level="h2">
            Or you may not see it.
          </Empty>
        ) : (
          <Loaded query={event} rows={6}>
            {(data) => (
              <>
                <Heading event={data} row={row} acts={acts} />
                <Tabs address={address} sub={sub} />
                {address.tab === "log" ? (
                  <LogTab event={data} />
                ) : (
                  <div className={classes.body}>
                    <TabBody event={data} row={row} acts={acts} address={address} />
                  </div>
                )}
              </>
            )}
          </Loaded>
        )}
      </div>
      {row && event.data?.may_act && <EventActs ref={foot} row={row} rows={rows} graph={graph} acts={acts} />}
    </DrawerFrame>
  );
}

function Heading({ event, row, acts }: { event: EventDetail; row: TreeRow | undefined; acts: Acts }) {
  const state = asState(event.state);
  return (
    <header className={classes.header}>
      <h2>
        <span className="ellipsis">{event.project?.name || "Private project"}</span>
        <span className="mono muted">{event.sub_id}</span>
      </h2>
      <p className={classes.facts}>
        <StateBadge state={state} />
        {event.started_at && <Duration from={event.started_at} to={isFinal(state) ? event.finished_at : null} />}
        <span>
          {[event.attempt ? `attempt ${event.attempt}` : "", event.ref, event.target].filter(Boolean).join(" · ")}
        </span>
        {row && (
          <Marks marks={marksOf(row, { ...BARE, asked: acts.asked }).filter((one) => !one.text.startsWith("↻"))} />
        )}
      </p>
      <EventLinks project={event.project} build={event.build_id} run={event.run_url} system={systemOf(event.target)} />
    </header>
  );
}

function Tabs({ address, sub }: { address: TreeAddress; sub: string }) {
  return (
    <nav className={classes.tabs} aria-label="About this event">
      {TABS.map(([name, text]) => (
        <Link
          key={name}
          to={paths.event(address.tree, sub, name) + address.search}
          replace
          aria-current={name === address.tab ? "page" : undefined}
        >
          {text}
        </Link>
      ))}
    </nav>
  );
}

interface TabProps {
  event: EventDetail;
  row: TreeRow | undefined;
  acts: Acts;
  address: TreeAddress;
}

function TabBody({ event, row, acts, address: { tree, tab, search } }: TabProps) {
  switch (tab) {
    case "attempts":
      return <AttemptsTab event={event} />;
    case "deliveries":
      return <DeliveriesTab tree={tree} sub={event.sub_id} row={row} acts={event.may_act ? acts : null} />;
    case "inputs":
      return <InputsTab event={event} />;
    case "result":
      return <ResultTab event={event} />;
    case "history":
      return <HistoryTab tree={tree} event={event} />;
    default:
      return <WhyTab tree={tree} event={event} search={search} />;
  }
}

interface LinksProps {
  project: { id: string; name: string } | null;
  build: string | null;
  run: string | null;
  /** What people call the CI system. */
  system: string;
}

function EventLinks({ project, build, run, system }: LinksProps) {
  return (
    <p className={classes.links}>
      {build && <Link to={paths.build(build)}>Build and log</Link>}
      {!build && run && (
        <a href={httpOnly(run)} rel="noreferrer" target="_blank">
          Open in {system} ↗
        </a>
      )}
      {project?.name && <Link to={paths.project(project.name)}>Project {project.name}</Link>}
    </p>
  );
}

/** Puts the focus on the first button within, when that is asked for. */
function useFocusWithin(asked: boolean, done: () => void) {
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!asked) return;
    place.current?.querySelector("button")?.focus();
    done();
  }, [asked, done]);
  return place;
}

/** The graph is live; when it names this event anew, the details are fetched again. */
function useFreshness(tree: string, sub: string, row: TreeRow | undefined): void {
  const queries = useQueryClient();
  const node = row?.node;
  const seen = useRef(node);
  useEffect(() => {
    if (seen.current === node) return;
    seen.current = node;
    void queries.invalidateQueries({ queryKey: eventQuery(tree, sub).queryKey });
  }, [queries, tree, sub, node]);
}
