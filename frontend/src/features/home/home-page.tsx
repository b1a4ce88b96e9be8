/** What happens now and what happened last; on an empty installation, the ways to begin. */
import { Link } from "react-router";
import { BuildRows } from "@/components/build-rows";
import { Crumbs } from "@/components/crumbs";
import { Empty } from "@/components/empty";
import { Loaded } from "@/components/loaded";
import { Page, Section } from "@/components/page";
import { itemsOf } from "@/components/rows-of-pages";
import { TreeRows } from "@/components/tree-rows";
import { useBuilds } from "@/lib/api/calls/get-builds";
import { useProjects } from "@/lib/api/calls/get-projects";
import { useTrees } from "@/lib/api/calls/get-trees";
import { useLiveTrees } from "@/lib/live/use-live-trees";
import { paths } from "@/lib/paths";
import { asState, isFinal } from "@/lib/states";
import { useTitle } from "@/lib/use-title";
import { AgentSummary } from "./agent-summary";
import { DemoNote } from "./demo-note";
import { FirstSteps } from "./first-steps";
import classes from "./home.module.css";
import { Overdue } from "./overdue";

export function HomePage() {
  useTitle("Home");
  const projects = useProjects();
  return (
    <Page title="Home">
      <Crumbs items={[{ text: "Home" }]} />
      <Loaded query={projects}>{(data) => (itemsOf(data).length ? <Overview /> : <FirstSteps />)}</Loaded>
    </Page>
  );
}

function Overview() {
  const trees = useTrees({ limit: 20 });
  const builds = useBuilds({ limit: 20 });
  const known = trees.data ? itemsOf(trees.data) : [];
  useLiveTrees(known.filter((tree) => tree.state === "running").map((tree) => tree.id));
  return (
    <div className={classes.grid}>
      <div className={classes.main}>
        <Overdue />
        <Loaded query={trees}>
          {(data) => {
            const running = itemsOf(data).filter((tree) => tree.state === "running");
            const recent = itemsOf(data)
              .filter((tree) => tree.state !== "running")
              .slice(0, 10);
            return (
              <>
                <Section title={`Running trees (${running.length})`}>
                  {running.length ? (
                    <TreeRows trees={running} label="Running trees" />
                  ) : (
                    <Empty title="Nothing is falling right now">
                      A push to a project that others depend on opens a tree.
                    </Empty>
                  )}
                </Section>
                <Section title="Recent trees" actions={<Link to={paths.trees()}>All trees</Link>}>
                  {recent.length ? (
                    <TreeRows trees={recent} label="Recent trees" />
                  ) : (
                    <Empty title="No tree has finished yet" />
                  )}
                </Section>
              </>
            );
          }}
        </Loaded>
        <Loaded query={builds}>
          {(data) => {
            const items = itemsOf(data);
            const running = items.filter((build) => !isFinal(asState(build.state)));
            return running.length ? (
              <Section
                title={`Running builds (${running.length})`}
                actions={<Link to={paths.builds()}>All builds</Link>}
              >
                <BuildRows builds={running} label="Running builds" />
              </Section>
            ) : (
              <Section title="Last builds" actions={<Link to={paths.builds()}>All builds</Link>}>
                {items.length ? (
                  <BuildRows builds={items.slice(0, 5)} label="Last builds" />
                ) : (
                  <Empty title="No build yet" />
                )}
              </Section>
            );
          }}
        </Loaded>
      </div>
      <div className={classes.side}>
        <AgentSummary />
        <DemoNote />
      </div>
    </div>
  );
}
