/** Ending a token: at once, or after a new one has taken its place. */
import { Button, NativeSelect } from "@mantine/core";
import { useState } from "react";
import { Dialog } from "@/components/dialog";
import form from "@/components/forms.module.css";
import { ProblemNote } from "@/components/problem-note";
import { Time } from "@/components/time";
import type { OwnToken } from "@/lib/api/types";
import { OVERLAPS } from "@/lib/token-life";
import { useRevokeOwnToken, useRotateOwnToken } from "./api/tokens";
import { ShownOnce } from "./new-token";

interface Props {
  token: OwnToken;
  onClose(): void;
}

export function RotateOwnToken({ token, onClose }: Props) {
  const rotate = useRotateOwnToken(token.id);
  const [hours, setHours] = useState("24");
  const old = <span className="mono">{token.prefix}…</span>;
  if (rotate.data)
    return (
      <Dialog opened onClose={onClose} title={`Rotate ${token.name}`} size="lg">
        <div className={form.dialog}>
          <ShownOnce token={rotate.data.token} />
          <p className={form.note}>
            The old one, {old}, {overlapText(Number(hours))}
          </p>
          <div className={form.row}>
            <Button onClick={onClose}>I have copied it</Button>
          </div>
        </div>
      </Dialog>
    );
  return (
    <Dialog opened onClose={onClose} title={`Rotate ${token.name}`}>
      <div className={form.dialog}>
        <p>
          A new token of the same name, and with the same rights, is made. Until the old one, {old}, ends, both are
          good, so that no script is refused meanwhile.
        </p>
        <ProblemNote error={rotate.error} />
        <NativeSelect
          label="The old one stays good"
          value={hours}
          onChange={(event) => setHours(event.currentTarget.value)}
          data={OVERLAPS.map(([value, label]) => ({ value, label }))}
        />
        <div className={form.row}>
          <Button loading={rotate.isPending} onClick={() => rotate.mutate(Number(hours))}>
            Rotate
          </Button>
          <Button variant="default" onClick={onClose}>
            Leave it
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

const overlapText = (hours: number) =>
  hours === 0 ? "has ended." : `stays good for ${hours === 1 ? "an hour" : `${hours} hours`} more.`;

export function RevokeOwnToken({ token, onClose }: Props) {
  const revoke = useRevokeOwnToken();
  return (
    <Dialog opened onClose={onClose} title={`Revoke ${token.name}?`}>
      <div className={form.dialog}>
        <p>
          <span className="mono">{token.prefix}…</span>{" "}
          {token.last_used_at ? (
            <>
              was last used <Time at={token.last_used_at} />.
            </>
          ) : (
            "was never used."
          )}{" "}
          Whatever shows it is refused from now on. To change it without a gap, rotate it instead.
        </p>
        <ProblemNote error={revoke.error} />
        <div className={form.row}>
          <Button
            color="danger"
            loading={revoke.isPending}
            onClick={() => revoke.mutate(token.id, { onSuccess: onClose })}
          >
            Revoke
          </Button>
          <Button variant="default" onClick={onClose}>
            Keep it
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
