/** The agents: what they do, and when they were last heard of. */
import { Link } from "react-router";
import { AgentState } from "@/components/agent-state";
import { Crumbs } from "@/components/crumbs";
import { Empty } from "@/components/empty";
import { Loaded } from "@/components/loaded";
import { Page, Section } from "@/components/page";
import classes from "@/components/table.module.css";
import { Time } from "@/components/time";
import { useAgents } from "@/lib/api/calls/get-agents";
import { useMe } from "@/lib/api/calls/get-me";
import type { Agent } from "@/lib/api/types";
import { agentKeys, useLiveLists } from "@/lib/live/use-live-lists";
import { paths } from "@/lib/paths";
import { useTitle } from "@/lib/use-title";
import { AddAgent } from "./add-agent";

export function AgentsPage() {
  useTitle("Agents");
  useLiveLists("agents", agentKeys);
  const agents = useAgents();
  const isAdmin = useMe().data?.user.is_admin ?? false;
  return (
    <Page title="Agents">
      <Crumbs items={[{ text: "Agents" }]} />
      {isAdmin && <AddAgent />}
      <Section title="Registered">
        <Loaded query={agents} rows={3}>
          {({ items }) =>
            items.length ? (
              <AgentRows agents={items} />
            ) : (
              <Empty title="No agent yet">Builds wait until an agent registers.</Empty>
            )
          }
        </Loaded>
      </Section>
    </Page>
  );
}

function AgentRows({ agents }: { agents: readonly Agent[] }) {
  return (
    <div className={classes.wrap}>
      <table className={classes.table} aria-label="Agents">
        <thead>
          <tr>
            <th scope="col">State</th>
            <th scope="col">Name</th>
            <th scope="col">Builds now</th>
            <th scope="col" className={classes.optional}>
              Labels
            </th>
            <th scope="col" className={`${classes.right} ${classes.optional}`}>
              Slots
            </th>
            <th scope="col" className={classes.optional}>
              Version
            </th>
            <th scope="col" className={classes.right}>
              Last heard of
            </th>
          </tr>
        </thead>
        <tbody>
          {agents.map((agent) => (
            <tr key={agent.id}>
              <td>
                <AgentState state={agent.state} />
              </td>
              <td className={classes.nowrap}>
                <strong>{agent.name}</strong>
              </td>
              <td className={classes.wide}>
                {agent.builds.map((build, i) => (
                  <span key={build.id}>
                    {i > 0 && ", "}
                    <Link to={paths.build(build.id)}>
                      {build.project} #{build.number}
                    </Link>
                  </span>
                ))}
                {agent.builds.length === 0 && <span className="muted">–</span>}
              </td>
              <td className={`${classes.optional} ${classes.nowrap}`}>
                {agent.labels.join(", ") || <span className="muted">–</span>}
              </td>
              <td className={`${classes.right} ${classes.optional} num`}>
                {agent.builds.length}/{agent.slots}
              </td>
              <td className={classes.optional}>{agent.version}</td>
              <td className={classes.right}>
                <Time at={agent.last_seen_at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
