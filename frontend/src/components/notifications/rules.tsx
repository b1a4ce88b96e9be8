/** Notification rules, a project's or one's own: where each tells what, and what came of the last message. */
import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { Link, useSearchParams } from "react-router";
import {
  type RulesOf,
  useChangeRule,
  useChannels,
  useRemoveRule,
  useRules,
  useTestRule,
} from "@/lib/api/calls/notifications";
import type { NotificationRule } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { ACTIONS, DataTable, optional } from "../data-table";
import { Empty } from "../empty";
import form from "../forms.module.css";
import { Loaded } from "../loaded";
import { Section } from "../page";
import { ProblemNote } from "../problem-note";
import { Removal } from "../removal";
import { StateIcon } from "../state-icon";
import classes from "../table.module.css";
import { Time } from "../time";
import { Messages } from "./messages";
import { scopeText, toldText } from "./model";
import { RuleDialog } from "./rule-dialog";

interface Props {
  of: RulesOf;
  /** What rules are for, where there are none. */
  children: ReactNode;
}

export function NotificationRules({ of, children }: Props) {
  const rules = useRules(of);
  const known = useChannels().data;
  const [adding, setAdding] = useState(false);
  const [params] = useSearchParams();
  const shown = rules.data?.items.find((one) => one.id === params.get("rule"));
  return (
    <>
      <Section
        title="Notifications"
        actions={
          <>
            <Link to={paths.help("notifications")}>What is told</Link>
            <Button size="xs" variant="default" disabled={!known} onClick={() => setAdding(true)}>
              Add a rule
            </Button>
          </>
        }
      >
        <Loaded query={rules} rows={2}>
          {({ items }) =>
            items.length ? (
              <DataTable label="Notification rules" columns={["Where", optional("Told"), "Last message", ACTIONS]}>
                {items.map((rule) => (
                  <Row key={rule.id} of={of} rule={rule} />
                ))}
              </DataTable>
            ) : (
              <Empty title="No rule yet">{children}</Empty>
            )
          }
        </Loaded>
        {adding && known && <RuleDialog of={of} known={known} onClose={() => setAdding(false)} />}
      </Section>
      {shown && <Messages key={shown.id} of={of} rule={shown} />}
    </>
  );
}

interface RowProps {
  of: RulesOf;
  rule: NotificationRule;
}

function Row({ of, rule }: RowProps) {
  const { id, label, enabled, events, scope } = rule;
  const title = useTitleOf(rule);
  const [params] = useSearchParams();
  const open = params.get("rule") === id;
  const told = (
    <>
      {toldText(events)}
      <span className={classes.under}>{scopeText(scope)}</span>
    </>
  );
  return (
    <tr className={enabled ? undefined : form.off}>
      <td className={form.part}>
        <Link to={open ? "?" : `?rule=${id}`} replace aria-current={open || undefined}>
          <strong>{label}</strong>
        </Link>
        <span className={classes.under}>
          {title}
          {!enabled && ", switched off"}
        </span>
        <div className={form.narrow}>{told}</div>
      </td>
      <td className={`${classes.optional} ${form.part}`}>{told}</td>
      <td className={form.name}>
        <Last rule={rule} />
      </td>
      <td className={`${form.acts} ${form.many}`}>
        <Acts of={of} rule={rule} />
      </td>
    </tr>
  );
}

/** What people call the channel of a rule. */
function useTitleOf({ channel }: NotificationRule): string {
  return useChannels().data?.channels.find(({ kind }) => kind === channel)?.title ?? channel;
}

/** What came of the message before, without which nobody knows whether it works. */
function Last({ rule: { last } }: { rule: NotificationRule }) {
  if (!last) return <span className="muted">none yet</span>;
  return (
    <span role="status">
      <span className={form.standing}>
        <StateIcon state={last.ok ? "success" : "failed"} size={14} /> {last.ok ? "told" : "not told"}{" "}
        <Time at={last.at} />
      </span>
      <span className={classes.under}>{last.text}</span>
    </span>
  );
}

function Acts({ of, rule }: RowProps) {
  const test = useTestRule(of, rule.id);
  const change = useChangeRule(of, rule.id);
  const known = useChannels().data;
  const [dialog, setDialog] = useState<"change" | "remove" | null>(null);
  const close = () => setDialog(null);
  const act = (text: string, onClick: () => void, busy = false) => (
    <Button
      size="compact-xs"
      variant="subtle"
      color={text === "Remove…" ? "danger" : undefined}
      aria-label={`${text} (${rule.label})`}
      loading={busy}
      onClick={onClick}
    >
      {text}
    </Button>
  );
  return (
    <>
      {act("Send a test", () => test.mutate(undefined), test.isPending)}{" "}
      {act(
        rule.enabled ? "Switch off" : "Switch on",
        () => change.mutate({ enabled: !rule.enabled }),
        change.isPending,
      )}{" "}
      {act("Change…", () => setDialog("change"))} {act("Remove…", () => setDialog("remove"))}
      <ProblemNote error={test.error ?? change.error} fields />
      {dialog === "change" && known && <RuleDialog of={of} rule={rule} known={known} onClose={close} />}
      {dialog === "remove" && <RemoveRule of={of} rule={rule} onClose={close} />}
    </>
  );
}

function RemoveRule({ of, rule, onClose }: RowProps & { onClose(): void }) {
  const remove = useRemoveRule(of, rule.id);
  return (
    <Removal
      title="Remove this rule?"
      removing={remove}
      onRemove={() => remove.mutate(undefined, { onSuccess: onClose })}
      onClose={onClose}
    >
      By it, {rule.label} is told nothing any more. What waits to be told is not sent, and the record of what was told
      goes too. To keep that, switch it off instead.
    </Removal>
  );
}
