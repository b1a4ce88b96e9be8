/** Ending a token: at once, or after a new one has taken its place. */
import { Button, NativeSelect } from "@mantine/core";
import { useState } from "react";
import { Dialog } from "@/components/dialog";
import { ProblemNote } from "@/components/problem-note";
import { Time } from "@/components/time";
import type { Project, Token } from "@/lib/api/types";
import { OVERLAPS, standing } from "@/lib/token-life";
import { useNow } from "@/lib/use-now";
import { useTokens } from "../api/get-tokens";
import { useRevokeToken } from "../api/revoke-token";
import { useRotateToken } from "../api/rotate-token";
import own from "../projects.module.css";
import { NewSecret } from "./new-secret";

interface Props {
  project: Project;
  token: Token;
  onClose(): void;
}

export function RotateToken({ project, token, onClose }: Props) {
  const rotate = useRotateToken(project.name, token.id);
  const [hours, setHours] = useState("24");
  return (
    <Dialog opened onClose={onClose} title={`Rotate ${token.name}`} size="lg">
      {rotate.data ? (
        <div className={own.dialog}>
          <Both project={project.name} old={token} made={rotate.data.prefix} />
          <NewSecret token={rotate.data.token} />
          <div className={own.row}>
            <Button onClick={onClose}>I have copied it</Button>
          </div>
        </div>
      ) : (
        <div className={own.dialog}>
          <p>
            A new token of the same name is made. Until the old one, <span className="mono">{token.prefix}…</span>,
            ends, both are good, so that no pipeline is refused meanwhile.
          </p>
          <ProblemNote error={rotate.error} />
          <NativeSelect
            label="The old one stays good"
            value={hours}
            onChange={(event) => setHours(event.currentTarget.value)}
            data={OVERLAPS.map(([value, label]) => ({ value, label }))}
          />
          <div className={own.row}>
            <Button loading={rotate.isPending} onClick={() => rotate.mutate(Number(hours))}>
              Rotate
            </Button>
            <Button variant="default" onClick={onClose}>
              Leave it
            </Button>
          </div>
        </div>
      )}
    </Dialog>
  );
}

/** The old token beside the new one, and how long both are good. */
function Both({ project, old, made }: { project: string; old: Token; made: string }) {
  const now = useNow();
  const { data } = useTokens(project);
  const current = data?.items.find((one) => one.id === old.id) ?? old;
  return (
    <dl className={own.facts}>
      <dt>Old</dt>
      <dd>
        <span className="mono">{old.prefix}…</span> <span className="num">{standing(current, now).text}</span>
      </dd>
      <dt>New</dt>
      <dd>
        <span className="mono">{made}…</span> good from now on
      </dd>
    </dl>
  );
}

export function RevokeToken({ project, token, onClose }: Props) {
  const revoke = useRevokeToken(project.name);
  return (
    <Dialog opened onClose={onClose} title={`Revoke ${token.name}?`}>
      <div className={own.dialog}>
        <p>
          <span className="mono">{token.prefix}…</span>{" "}
          {token.last_used_at ? (
            <>
              was last used <Time at={token.last_used_at} />.
            </>
          ) : (
            "was never used."
          )}{" "}
          What reports with it is refused from now on. To change it without a gap, rotate it instead.
        </p>
        <ProblemNote error={revoke.error} />
        <div className={own.row}>
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
