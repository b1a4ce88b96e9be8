import { Button } from "@mantine/core";
import { Link, useNavigate } from "react-router";
import { ProblemNote } from "@/components/problem-note";
import type { Me } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { useAcceptInvitation } from "./api/sign-up";
import classes from "./door.module.css";
import type { Invitation } from "./invitation-words";

interface Props {
  me: Me;
  code: string;
  invitation: Invitation;
}

/** For somebody who is signed in: they need no new account. */
export function AcceptInvitation({ me, code, invitation: { owner, project } }: Props) {
  const accept = useAcceptInvitation();
  const navigate = useNavigate();
  const goal = project ? paths.project(project) : paths.home();
  if (!owner && !project)
    return (
      <p>
        You are signed in as {me.user.name} and have an account already; leave the link to whom it is meant for.{" "}
        <Link to={paths.home()}>Go home</Link>
      </p>
    );
  return (
    <div className={classes.form}>
      <ProblemNote error={accept.error} />
      <Button loading={accept.isPending} onClick={() => accept.mutate(code, { onSuccess: () => void navigate(goal) })}>
        Accept as {me.user.name}
      </Button>
    </div>
  );
}
