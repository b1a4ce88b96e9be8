/** One's accounts in chats: what is asked of the bot from there is done with one's own rights. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { Copyable } from "@/components/copyable";
import { ACTIONS, DataTable, optional } from "@/components/data-table";
import { Empty } from "@/components/empty";
import form from "@/components/forms.module.css";
import { Loaded } from "@/components/loaded";
import { Section } from "@/components/page";
import { ProblemNote } from "@/components/problem-note";
import { Removal } from "@/components/removal";
import classes from "@/components/table.module.css";
import { Time } from "@/components/time";
import type { ChatAccount, ChatAccounts, ChatCode } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { useChatAccounts, useMakeChatCode, useUnlinkChat } from "./api/chat";
import { saidIn } from "./chat-model";

export function ChatSection() {
  const code = useMakeChatCode();
  const [since, setSince] = useState("");
  const accounts = useChatAccounts(Boolean(code.data));
  // one that was linked before is linked anew, too
  const linked = accounts.data?.items.find(({ bound_at }) => code.data && bound_at > since);
  const make = () => {
    setSince(
      (accounts.data?.items ?? [])
        .map(({ bound_at }) => bound_at)
        .sort()
        .at(-1) ?? "",
    );
    code.mutate();
  };
  return (
    <>
      <Section title="Chat accounts" actions={<Link to={paths.help("bot")}>What the bot can do</Link>}>
        <Loaded query={accounts} rows={2}>
          {({ items, ...places }) => (items.length ? <AccountRows accounts={items} /> : <Nobody places={places} />)}
        </Loaded>
      </Section>
      {accounts.data && saidIn(accounts.data, "").length > 0 && (
        <Section title="Link an account" padded>
          <div className={form.stack}>
            <p>
              Get a code and say it to the bot: whoever says it is you from then on, with your rights, until you unlink
              the account.
            </p>
            <ProblemNote error={code.error} />
            {code.data && !linked && <Say code={code.data} places={accounts.data} />}
            <p role="status">{linked && `✓ ${linked.account} is linked`}</p>
            <div className={form.row}>
              <Button variant={code.data ? "default" : "filled"} loading={code.isPending} onClick={make}>
                {code.data ? "Get a new code" : "Get a code"}
              </Button>
            </div>
          </div>
        </Section>
      )}
    </>
  );
}

type Places = Pick<ChatAccounts, "irc" | "slack">;

function Nobody({ places }: { places: Places }) {
  const admin = <Link to={paths.help("bot")}>How an admin sets it up</Link>;
  return places.irc || places.slack ? (
    <Empty title="No account is linked">
      The bot answers everybody about public projects. To see your own there, and to start or cancel something, link
      your account below.
    </Empty>
  ) : (
    <Empty title="The bot is in no chat">It can be in IRC and in Slack. {admin}</Empty>
  );
}

function Say({ code, places }: { code: ChatCode; places: Places }) {
  return (
    <div className={form.stack}>
      {saidIn(places, code.say).map(({ where, text }) => (
        <div key={where}>
          <p className={form.note}>{where}</p>
          <Copyable label={`code for ${where}`} text={text} />
        </div>
      ))}
      <p className={form.note}>
        It works once, until <Time at={code.expires_at} />. Say it to the bot alone: in a channel others could be
        quicker. Waiting until the bot hears it…
      </p>
    </div>
  );
}

function AccountRows({ accounts }: { accounts: readonly ChatAccount[] }) {
  return (
    <DataTable label="Chat accounts" columns={["Where", "You there", optional("Linked"), "Last used", ACTIONS]}>
      {accounts.map((account) => (
        <AccountRow key={account.id} account={account} />
      ))}
    </DataTable>
  );
}

function AccountRow({ account: { id, kind, place, account, bound_at, used_at } }: { account: ChatAccount }) {
  const [asking, setAsking] = useState(false);
  return (
    <tr>
      <td className={form.name}>
        {kind === "irc" ? "IRC" : "Slack"}
        <span className={classes.under}>{place}</span>
      </td>
      <td className={form.name}>{account}</td>
      <td className={`${classes.nowrap} ${classes.optional}`}>
        <Time at={bound_at} />
      </td>
      <td className={classes.nowrap}>{used_at ? <Time at={used_at} /> : <span className="muted">never</span>}</td>
      <td className={`${classes.right} ${form.acts}`}>
        <Button
          size="compact-xs"
          variant="subtle"
          color="danger"
          aria-label={`Unlink ${account}…`}
          onClick={() => setAsking(true)}
        >
          Unlink…
        </Button>
        {asking && <Unlink id={id} account={account} onClose={() => setAsking(false)} />}
      </td>
    </tr>
  );
}

function Unlink({ id, account, onClose }: { id: string; account: string; onClose(): void }) {
  const unlink = useUnlinkChat();
  return (
    <Removal
      title={`Unlink ${account}?`}
      verb="Unlink"
      removing={unlink}
      onRemove={() => unlink.mutate(id, { onSuccess: onClose })}
      onClose={onClose}
    >
      The bot answers {account} as it answers strangers: what is public, and nothing is started or cancelled. What was
      done from there stays.
    </Removal>
  );
}
