/** One agent: what it holds and until when, its last builds, and what an admin can do with it. */
import { useParams } from "react-router";
import { BuildRows } from "@/components/build-rows";
import { Crumbs } from "@/components/crumbs";
import { Empty } from "@/components/empty";
import { Loaded } from "@/components/loaded";
import { Page, Section } from "@/components/page";
import { Time } from "@/components/time";
import { useMe } from "@/lib/api/calls/get-me";
import type { AgentDetail } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { useTitle } from "@/lib/use-title";
import { AgentActs } from "./agent-acts";
import { AgentBuild } from "./agent-builds";
import { AgentCondition } from "./agent-condition";
import classes from "./agent-page.module.css";
import { useAgent } from "./api/get-agent";
import { useLiveAgents } from "./use-live-agents";

export function AgentPage() {
  const { agent = "" } = useParams();
  useLiveAgents();
  const query = useAgent(agent);
  return (
    <Loaded query={query} rows={6}>
      {(data) => <Content agent={data} />}
    </Loaded>
  );
}

function Content({ agent }: { agent: AgentDetail }) {
  useTitle(`${agent.name} — ${agent.state}`);
  const isAdmin = useMe().data?.user.is_admin ?? false;
  return (
    <Page title={agent.name} actions={isAdmin && <AgentActs agent={agent} />}>
      <Crumbs items={[{ text: "Agents", to: paths.agents() }, { text: agent.name }]} />
      <Section title="Now" padded>
        <Facts agent={agent} />
      </Section>
      <Section title="Last builds">
        {agent.last_builds.length ? (
          <BuildRows builds={agent.last_builds} label="Last builds" />
        ) : (
          <Empty title="No build yet">It has taken none, or none of a project that you may see.</Empty>
        )}
      </Section>
    </Page>
  );
}

function Facts({ agent }: { agent: AgentDetail }) {
  const until = new Map(agent.leases.map((lease) => [lease.build_id, lease.lease_until]));
  return (
    <dl className={classes.facts}>
      <dt>State</dt>
      <dd>
        <AgentCondition agent={agent} />
      </dd>
      <dt>Builds now</dt>
      <dd>
        {agent.builds.length === 0 && <span className="muted">none</span>}
        <ul className={classes.held}>
          {agent.builds.map((build, i) => (
            <li key={build.id ?? i}>
              <AgentBuild build={build} />{" "}
              {build.id && (
                <span className="muted">
                  · its lease ends <Time at={until.get(build.id)} /> without a sign of life
                </span>
              )}
            </li>
          ))}
        </ul>
      </dd>
      <dt>Slots</dt>
      <dd className="num">
        {agent.builds.length} of {agent.slots} taken
      </dd>
      <dt>Labels</dt>
      <dd>{agent.labels.join(", ") || <span className="muted">none</span>}</dd>
      <dt>Runs steps</dt>
      <dd>{agent.executors.join(", ")}</dd>
      <dt>Version</dt>
      <dd>{agent.version || <span className="muted">not told</span>}</dd>
      <dt>Last heard of</dt>
      <dd>
        <Time at={agent.last_seen_at} />
      </dd>
      <dt>Registered</dt>
      <dd>
        <Time at={agent.created_at} />
      </dd>
    </dl>
  );
}
