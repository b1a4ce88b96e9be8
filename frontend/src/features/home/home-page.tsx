/** What needs somebody, what runs and what ended last, of one's own projects or of all; on an empty installation, the ways to
 * begin. */
import { Link, useSearchParams } from "react-router";
import { BuildRows } from "@/components/build-rows";
import { Crumbs } from "@/components/crumbs";
import { Loaded } from "@/components/loaded";
import { Page, Section } from "@/components/page";
import { itemsOf } from "@/components/rows-of-pages";
import { useBuilds } from "@/lib/api/calls/get-builds";
import { useProjects } from "@/lib/api/calls/get-projects";
import { useTrees } from "@/lib/api/calls/get-trees";
import type { Home } from "@/lib/api/types";
import { useLiveTrees } from "@/lib/live/use-live-trees";
import { paths } from "@/lib/paths";
import { asState, isFinal } from "@/lib/states";
import { useTitle } from "@/lib/use-title";
import { AgentSummary } from "./agent-summary";
import { type Scope, useHome } from "./api/get-home";
import { DemoNote } from "./demo-note";
import { FirstSteps } from "./first-steps";
import classes from "./home.module.css";
import { NeedsYou } from "./needs-you";
import { Overdue } from "./overdue";
import { Queues } from "./queues";
import { Recent } from "./recent";
import { Running } from "./running";
import { Slowest } from "./slowest";
import { Starred } from "./starred";

export function HomePage() {
  useTitle("Home");
  const projects = useProjects();
  const feed = useScope(); // asked for beside the projects, not after them
  return (
    <Loaded query={projects}>
      {(data) =>
        itemsOf(data).length ? (
          <Overview {...feed} />
        ) : (
          <Page title="Home">
            <Crumbs items={[{ text: "Home" }]} />
            <FirstSteps />
          </Page>
        )
      }
    </Loaded>
  );
}

/** The scope that the address names; without one, mine for whoever has something of their own. */
function useScope(): { scope: Scope; home: ReturnType<typeof useHome> } {
  const [query] = useSearchParams();
  const named = query.get("scope");
  const asked: Scope = named === "everything" ? "everything" : "mine";
  const mine = useHome(asked);
  const fallsBack = named === null && mine.data?.scope === "mine" && mine.data.own_projects === 0;
  const all = useHome(fallsBack ? "everything" : asked);
  return fallsBack ? { scope: "everything", home: all } : { scope: asked, home: mine };
}

function Overview({ scope, home }: ReturnType<typeof useScope>) {
  return (
    <Page title="Home" actions={<Tabs scope={scope} />}>
      <Crumbs items={[{ text: "Home" }]} />
      <Loaded query={home} rows={6}>
        {(data) => <Feed key={data.scope} home={data} />}
      </Loaded>
    </Page>
  );
}

const TABS: [Scope, string][] = [
  ["mine", "Mine"],
  ["everything", "Everything"],
];

function Tabs({ scope }: { scope: Scope }) {
  return (
    <nav className={classes.tabs} aria-label="Whose">
      {TABS.map(([one, text]) => (
        <Link key={one} to={paths.home(one)} aria-current={one === scope ? "page" : undefined}>
          {text}
        </Link>
      ))}
    </nav>
  );
}

function Feed({ home }: { home: Home }) {
  const mine = home.scope === "mine";
  return (
    <div className={classes.grid}>
      <div className={classes.main}>
        <NeedsYou home={home} />
        {!mine && <Overdue />}
        <Trees mine={mine} own={home.own_projects} />
        {!mine && <Builds />}
      </div>
      <div className={classes.side}>
        {home.queues && <Queues queues={home.queues} />}
        {!mine && <Slowest />}
        <Starred />
        <AgentSummary />
        <DemoNote />
      </div>
    </div>
  );
}

function Trees({ mine, own }: { mine: boolean; own: number }) {
  const filter = mine ? { mine } : {};
  const running = useTrees({ ...filter, state: "running", limit: 20 });
  const newest = useTrees({ ...filter, limit: 30 });
  useLiveTrees(running.data ? itemsOf(running.data).map((tree) => tree.id) : []);
  if (mine && own === 0) return <NothingOfYours />;
  return (
    <Loaded query={running}>
      {(falling) => (
        <>
          <Running trees={itemsOf(falling)} mine={mine} />
          <Loaded query={newest}>
            {(data) => <Recent trees={itemsOf(data).filter((tree) => tree.state !== "running")} />}
          </Loaded>
        </>
      )}
    </Loaded>
  );
}

function NothingOfYours() {
  return (
    <Section title="Nothing is yours yet" padded>
      <p className="in-text">
        Here is what concerns the projects that you own, are a member of, or starred. Star one in the list of{" "}
        <Link to={paths.projects()}>projects</Link>, or <Link to={paths.newProject()}>connect one</Link>.
      </p>
    </Section>
  );
}

/** Those that run; when none does, the last. */
function Builds() {
  const builds = useBuilds({ limit: 20 });
  return (
    <Loaded query={builds}>
      {(data) => {
        const items = itemsOf(data);
        const running = items.filter((build) => !isFinal(asState(build.state)));
        const shown = running.length ? running : items.slice(0, 5);
        if (!shown.length) return null;
        const title = running.length ? `Running builds (${running.length})` : "Last builds";
        return (
          <Section title={title} actions={<Link to={paths.builds()}>All builds</Link>}>
            <BuildRows builds={shown} label={running.length ? "Running builds" : "Last builds"} />
          </Section>
        );
      }}
    </Loaded>
  );
}
