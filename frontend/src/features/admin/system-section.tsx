/** How the arbiter itself is doing: what waits, who works, what there is room for. */
import type { ReactNode } from "react";
import { Link } from "react-router";
import form from "@/components/forms.module.css";
import { Loaded } from "@/components/loaded";
import { Section } from "@/components/page";
import { Time } from "@/components/time";
import type { System } from "@/lib/api/types";
import { formatBytes } from "@/lib/bytes";
import { paths } from "@/lib/paths";
import { formatDuration } from "@/lib/time";
import own from "./admin.module.css";
import { useSystem } from "./api/system";

/** Less than this share of the disk, and it is said. */
const SCARCE = 0.1;
/** Older than this, and nobody seems to send. */
const OLD_S = 60;

export function SystemSection() {
  return (
    <Loaded query={useSystem()} rows={10}>
      {(system) => (
        <div className={own.cards}>
          <Outbox outbox={system.outbox} lastSend={system.last_send_at} />
          <Processes system={system} />
          <Builds builds={system.builds} />
          <Storage system={system} />
        </div>
      )}
    </Loaded>
  );
}

function Facts({ children }: { children: ReactNode }) {
  return <dl className={form.facts}>{children}</dl>;
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={form.pair}>
      <dt>{name}</dt>
      <dd className="num">{children}</dd>
    </div>
  );
}

/** Something that an admin should look at, in words and not by colour alone. */
const Bad = ({ children }: { children: ReactNode }) => <span className={own.bad}>⚠ {children}</span>;

const never = <span className="muted">never</span>;
const since = (at: string | null) => (at ? <Time at={at} /> : never);

function Outbox({ outbox, lastSend }: { outbox: System["outbox"]; lastSend: string | null }) {
  const { pending, leased, dead, lapsed_leases: lapsed, oldest_due_s: oldest } = outbox;
  const age = oldest === null ? "nothing is due" : formatDuration(oldest * 1000);
  return (
    <Section title="Outbox" padded>
      <Facts>
        <Fact name="Waiting">{pending}</Fact>
        <Fact name="Oldest that is due">
          {oldest !== null && oldest > OLD_S ? <Bad>{age}: nobody sends</Bad> : age}
        </Fact>
        <Fact name="Being sent">{leased}</Fact>
        <Fact name="Leases that lapsed">{lapsed ? <Bad>{lapsed}: their senders fell silent</Bad> : 0}</Fact>
        <Fact name="Given up">{dead > 0 ? <Link to={paths.admin("deliveries")}>{dead}</Link> : 0}</Fact>
        <Fact name="Last sent">{since(lastSend)}</Fact>
      </Facts>
    </Section>
  );
}

function Processes({ system }: { system: System }) {
  const { scheduler, redis } = system;
  const seen = since(scheduler.last_seen_at);
  return (
    <Section title="Processes" padded>
      <Facts>
        <Fact name="Scheduler last seen">{scheduler.silent ? <Bad>{seen}</Bad> : seen}</Fact>
        <Fact name="Worker last took work">{since(system.outbox.last_lease_at ?? system.last_send_at)}</Fact>
        <Fact name="Redis">{redis.up ? redis.text : <Bad>{redis.text}</Bad>}</Fact>
        <Fact name="Version">{system.version}</Fact>
      </Facts>
    </Section>
  );
}

function Builds({ builds }: { builds: Record<string, number> }) {
  const counted = Object.entries(builds);
  return (
    <Section title="Builds of own agents" padded>
      {counted.length ? (
        <Facts>
          {counted.map(([state, count]) => (
            <Fact key={state} name={state}>
              {count}
            </Fact>
          ))}
        </Facts>
      ) : (
        <p className={form.note}>No build yet.</p>
      )}
    </Section>
  );
}

function Storage({ system }: { system: System }) {
  const { database, disk } = system;
  const free = `${formatBytes(disk.free)} of ${formatBytes(disk.total)} free`;
  return (
    <Section title="Storage" padded>
      <Facts>
        <Fact name="Database">
          {database.kind} {database.version}
        </Fact>
        <Fact name="Revision of its tables">{database.revision ?? <span className="muted">not known</span>}</Fact>
        <Fact name="Data folder">
          <code>{disk.path}</code>
        </Fact>
        <Fact name="Disk">{disk.free < disk.total * SCARCE ? <Bad>{free}</Bad> : free}</Fact>
      </Facts>
      <meter
        className={own.meter}
        aria-label="Disk in use"
        min={0}
        max={disk.total}
        high={disk.total * (1 - SCARCE)}
        value={disk.total - disk.free}
      />
    </Section>
  );
}
