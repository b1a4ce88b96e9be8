/** The tokens of a project, or one's own: how each stands, and the ways to end it. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { standing } from "@/lib/token-life";
import { useNow } from "@/lib/use-now";
import { ACTIONS, DataTable, optional } from "./data-table";
import form from "./forms.module.css";
import classes from "./table.module.css";
import { Time } from "./time";
import { type AnyToken, RevokeToken, RotateToken, type TokenActs } from "./token-dialogs";

const MAY: Record<AnyToken["scope"], string> = {
  user: "may do all that you may",
  read: "may only look",
  report: "reports",
};

interface Props {
  tokens: readonly AnyToken[];
  acts: TokenActs;
}

export function TokenTable({ tokens, acts }: Props) {
  const now = useNow(tokens.some((token) => token.expires_at && !token.revoked_at));
  return (
    <DataTable label="Tokens" columns={["Name", optional("Begins with"), optional("Last used"), "Ends", ACTIONS]}>
      {tokens.map((token) => (
        <TokenRow
          key={token.id}
          token={token}
          heir={tokens.find((one) => one.id === token.replaced_by)}
          now={now}
          acts={acts}
        />
      ))}
    </DataTable>
  );
}

interface RowProps {
  token: AnyToken;
  heir: AnyToken | undefined;
  now: number;
  acts: TokenActs;
}

function TokenRow({ token, heir, now, acts }: RowProps) {
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
        {dialog === "rotate" && <RotateToken token={token} acts={acts} onClose={close} />}
        {dialog === "revoke" && <RevokeToken token={token} acts={acts} onClose={close} />}
      </td>
    </tr>
  );
}
