/** The agents: what they do, and when they were last heard of. */
import { Link } from "react-router";
import { Crumbs } from "@/components/crumbs";
import { DataTable, optional, optionalRight, right } from "@/components/data-table";
import { Empty } from "@/components/empty";
import { Loaded } from "@/components/loaded";
import { Page, Section } from "@/components/page";
import classes from "@/components/table.module.css";
import { Time } from "@/components/time";
import { useAgents } from "@/lib/api/calls/get-agents";
import { useMe } from "@/lib/api/calls/get-me";
import type { Agent } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { useTitle } from "@/lib/use-title";
import { AddAgent } from "./add-agent";
import { AgentBuilds } from "./agent-builds";
import { AgentCondition } from "./agent-condition";
import { useLiveAgents } from "./use-live-agents";

export function AgentsPage() {
  useTitle("Agents");
  useLiveAgents();
  const agents = useAgents();
  const isAdmin = useMe().data?.user.is_admin ?? false;
  return (
    <Page title="Agents">
      <Crumbs items={[{ text: "Agents" }]} />
      <Section title="Registered">
        <Loaded query={agents} rows={3}>
          {({ items }) =>
            items.length ? (
              <AgentRows agents={items} />
            ) : (
              <Empty title="No agent yet">
                Builds of projects that run on own agents wait until one registers.{" "}
                {isAdmin ? "Make a token below and start one with it." : "An admin can add one."}
              </Empty>
            )
          }
        </Loaded>
      </Section>
      {isAdmin && <AddAgent />}
    </Page>
  );
}

function AgentRows({ agents }: { agents: readonly Agent[] }) {
  return (
    <DataTable
      label="Agents"
      columns={[
        "State",
        "Name",
        "Builds now",
        optional("Labels"),
        optionalRight("Slots"),
        optional("Version"),
        right("Last heard of"),
      ]}
    >
      {agents.map((agent) => (
        <tr key={agent.id}>
          <td>
            <AgentCondition agent={agent} />
          </td>
          <td className={classes.nowrap}>
            <Link to={paths.agent(agent.id)}>
              <strong>{agent.name}</strong>
            </Link>
          </td>
          <td className={classes.wide}>
            <AgentBuilds builds={agent.builds} />
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
    </DataTable>
  );
}
