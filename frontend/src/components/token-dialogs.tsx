/** Ending a token: at once, or after a new one has taken its place. */
import { NativeSelect } from "@mantine/core";
import { type QueryKey, useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { OwnToken, Token } from "@/lib/api/types";
import { OVERLAPS, standing } from "@/lib/token-life";
import { useNow } from "@/lib/use-now";
import { Dialog } from "./dialog";
import { Copied, DialogActs } from "./dialog-acts";
import form from "./forms.module.css";
import { ProblemNote } from "./problem-note";
import { Removal } from "./removal";
import { Time } from "./time";

export type AnyToken = Token | OwnToken;

/** What differs between the tokens of a project and one's own. */
export interface TokenActs {
  /** What shows a token: "pipeline", "script". */
  user: string;
  rotate(token: string, overlapHours: number): Promise<{ prefix: string; token: string }>;
  revoke(token: string): Promise<unknown>;
  /** The key of the query that lists them. */
  listed: QueryKey;
  /** A new one, shown this once. */
  shown(token: string): ReactNode;
}

interface Props {
  token: AnyToken;
  acts: TokenActs;
  onClose(): void;
}

export function RotateToken({ token, acts, onClose }: Props) {
  const queries = useQueryClient();
  const rotate = useMutation({
    mutationFn: (hours: number) => acts.rotate(token.id, hours),
    onSuccess: () => queries.invalidateQueries({ queryKey: acts.listed }),
  });
  const [hours, setHours] = useState("24");
  return (
    <Dialog opened onClose={onClose} title={`Rotate ${token.name}`} size="lg">
      {rotate.data ? (
        <div className={form.dialog}>
          <Both old={token} made={rotate.data.prefix} />
          {acts.shown(rotate.data.token)}
          <Copied onClose={onClose} />
        </div>
      ) : (
        <div className={form.dialog}>
          <p>
            A new token of the same name, and with the same rights, is made. Until the old one,{" "}
            <span className="mono">{token.prefix}…</span>, ends, both are good, so that no {acts.user} is refused
            meanwhile.
          </p>
          <ProblemNote error={rotate.error} />
          <NativeSelect
            label="The old one stays good"
            value={hours}
            onChange={(event) => setHours(event.currentTarget.value)}
            data={OVERLAPS.map(([value, label]) => ({ value, label }))}
          />
          <DialogActs
            verb="Rotate"
            keep="Leave it"
            busy={rotate.isPending}
            onAct={() => rotate.mutate(Number(hours))}
            onClose={onClose}
          />
        </div>
      )}
    </Dialog>
  );
}

/** The old token beside the new one, and how long both are good. */
function Both({ old, made }: { old: AnyToken; made: string }) {
  const now = useNow();
  return (
    <dl className={form.facts}>
      <dt>Old</dt>
      <dd>
        <span className="mono">{old.prefix}…</span> <span className="num">{standing(old, now).text}</span>
      </dd>
      <dt>New</dt>
      <dd>
        <span className="mono">{made}…</span> good from now on
      </dd>
    </dl>
  );
}

export function RevokeToken({ token, acts, onClose }: Props) {
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => acts.revoke(token.id),
    onSuccess: () => queries.invalidateQueries({ queryKey: acts.listed }),
  });
  return (
    <Removal
      title={`Revoke ${token.name}?`}
      verb="Revoke"
      removing={revoke}
      onRemove={() => revoke.mutate(undefined, { onSuccess: onClose })}
      onClose={onClose}
    >
      <span className="mono">{token.prefix}…</span>{" "}
      {token.last_used_at ? (
        <>
          was last used <Time at={token.last_used_at} />.
        </>
      ) : (
        "was never used."
      )}{" "}
      Every {acts.user} that shows it is refused from now on. To change it without a gap, rotate it instead.
    </Removal>
  );
}
