/** One's own tokens for scripts: made, shown once, rotated with an overlap, revoked. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { Empty } from "@/components/empty";
import form from "@/components/forms.module.css";
import { Loaded } from "@/components/loaded";
import { Section } from "@/components/page";
import { itemsOf, More } from "@/components/rows-of-pages";
import classes from "@/components/table.module.css";
import { Time } from "@/components/time";
import type { OwnToken } from "@/lib/api/types";
import { standing } from "@/lib/token-life";
import { useNow } from "@/lib/use-now";
import { useOwnTokens } from "./api/tokens";
import { NewToken } from "./new-token";
import { RevokeOwnToken, RotateOwnToken } from "./token-dialogs";

export function TokensSection() {
  const tokens = useOwnTokens();
  return (
    <>
      <Section title="Make a token" padded>
        <NewToken />
      </Section>
      <Section title="Tokens">
        <Loaded query={tokens} rows={3}>
          {(data) =>
            itemsOf(data).length ? (
              <TokenTable tokens={itemsOf(data)} />
            ) : (
              <Empty title="No token yet">
                Scripts and the command line speak for you with a token. Make one above: name it after what will use it.
              </Empty>
            )
          }
        </Loaded>
        <More query={tokens} />
      </Section>
    </>
  );
}

const MAY: Record<OwnToken["scope"], string> = { user: "may do all that you may", read: "may only look" };

function TokenTable({ tokens }: { tokens: readonly OwnToken[] }) {
  const now = useNow(tokens.some((token) => token.expires_at && !token.revoked_at));
  return (
    <div className={classes.wrap}>
      <table className={classes.table} aria-label="Tokens">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col" className={classes.optional}>
              Begins with
            </th>
            <th scope="col" className={classes.optional}>
              Last used
            </th>
            <th scope="col">Ends</th>
            <th scope="col" className={classes.right}>
              <span className="sr-only">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {tokens.map((token) => (
            <TokenRow
              key={token.id}
              token={token}
              heir={tokens.find((one) => one.id === token.replaced_by)}
              now={now}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function TokenRow({ token, heir, now }: { token: OwnToken; heir: OwnToken | undefined; now: number }) {
  const [dialog, setDialog] = useState<"rotate" | "revoke" | null>(null);
  const { good, text } = standing(token, now);
  const close = () => setDialog(null);
  return (
    <tr className={good ? undefined : form.off}>
      <td className={form.name}>
        {token.name}
        <span className={classes.under}>
          {MAY[token.scope]}, made <Time at={token.created_at} />
          {heir && `, replaced by ${heir.prefix}…`}
        </span>
      </td>
      <td className={`${classes.optional} mono`}>{token.prefix}…</td>
      <td className={`${classes.nowrap} ${classes.optional}`}>
        {token.last_used_at ? <Time at={token.last_used_at} /> : <span className="muted">never</span>}
      </td>
      <td className={`${classes.nowrap} num`}>{text}</td>
      <td className={`${classes.right} ${form.acts}`}>
        {good && !token.replaced_by && (
          <Button size="compact-xs" variant="subtle" onClick={() => setDialog("rotate")}>
            Rotate…
          </Button>
        )}{" "}
        {good && (
          <Button size="compact-xs" variant="subtle" color="danger" onClick={() => setDialog("revoke")}>
            Revoke…
          </Button>
        )}
        {dialog === "rotate" && <RotateOwnToken token={token} onClose={close} />}
        {dialog === "revoke" && <RevokeOwnToken token={token} onClose={close} />}
      </td>
    </tr>
  );
}
