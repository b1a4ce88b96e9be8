/** For those who look after the whole: how much waits, for how long, and what was given up. */
import { Link } from "react-router";
import { Section } from "@/components/page";
import { Time } from "@/components/time";
import { useMe } from "@/lib/api/calls/get-me";
import type { Home } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import classes from "./home.module.css";

export function Queues({ queues }: { queues: NonNullable<Home["queues"]> }) {
  const admin = useMe(false).data?.user.is_admin === true;
  return (
    <Section title="Queues" padded>
      <dl className={classes.queues}>
        <dt>Builds waiting for an agent</dt>
        <dd>
          <Link to={paths.builds()}>{queues.builds}</Link>
          {queues.oldest_build_at && (
            <small>
              oldest <Time at={queues.oldest_build_at} />
            </small>
          )}
        </dd>
        <dt>Deliveries to send</dt>
        <dd>
          {queues.deliveries}
          {queues.oldest_delivery_at && (
            <small>
              oldest <Time at={queues.oldest_delivery_at} />
            </small>
          )}
        </dd>
        <dt>Given up, last 24 h</dt>
        <dd data-bad={queues.deliveries_given_up > 0 || undefined}>
          {admin ? (
            <Link to={paths.admin("deliveries")}>{queues.deliveries_given_up}</Link>
          ) : (
            queues.deliveries_given_up
          )}
        </dd>
        <dt>Silent agents</dt>
        <dd data-bad={queues.agents_silent > 0 || undefined}>
          <Link to={paths.agents()}>{queues.agents_silent}</Link>
        </dd>
      </dl>
    </Section>
  );
}
