/** A new account: by an invitation's link (`#code=…`), or where everybody may. */
import { Link, useLocation } from "react-router";
import { Loaded } from "@/components/loaded";
import { ProblemNote } from "@/components/problem-note";
import { Skeleton } from "@/components/skeleton";
import type { Door as DoorState } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { useTitle } from "@/lib/use-title";
import { AcceptInvitation } from "./accept-invitation";
import { useDoor } from "./api/get-door";
import { useInvitation } from "./api/sign-up";
import { Door } from "./door";
import classes from "./door.module.css";
import { InvitationWords } from "./invitation-words";
import { Or } from "./or";
import { ProviderButtons } from "./provider-buttons";
import { SignUpForm } from "./sign-up-form";

export function SignUpPage() {
  useTitle("Create your account");
  const { hash } = useLocation();
  const code = new URLSearchParams(hash.slice(1)).get("code");
  const door = useDoor();
  return (
    <Door title="Create your account">
      <Loaded query={door} rows={5}>
        {(found) => (code ? <Invited door={found} code={code} /> : <Uninvited door={found} />)}
      </Loaded>
    </Door>
  );
}

function Invited({ door, code }: { door: DoorState; code: string }) {
  const invitation = useInvitation(code);
  if (invitation.error)
    return (
      <>
        <ProblemNote error={invitation.error} />
        <Link to={paths.login()}>Sign in</Link>
      </>
    );
  if (!invitation.data) return <Skeleton rows={5} />;
  return (
    <>
      <InvitationWords invitation={invitation.data} />
      {door.me ? (
        <AcceptInvitation me={door.me} code={code} invitation={invitation.data} />
      ) : (
        <Ways
          door={door}
          code={code}
          next={invitation.data.project ? paths.project(invitation.data.project) : paths.home()}
        />
      )}
    </>
  );
}

function Uninvited({ door }: { door: DoorState }) {
  if (door.me)
    return (
      <p>
        You are signed in as {door.me.user.name} already. <Link to={paths.home()}>Go home</Link>
      </p>
    );
  return door.sign_up === "open" ? <Ways door={door} code={null} next={paths.home()} /> : <Closed door={door} />;
}

/** Why there is no form, in the words that a refused sign-in gets, too. */
function Closed({ door }: { door: DoorState }) {
  const words = useDoor(door.sign_up === "organisation" ? "members" : door.sign_up);
  return (
    <Loaded query={words} rows={2}>
      {({ refusal }) => (
        <>
          <p>{refusal}</p>
          {door.sign_up === "organisation" && <ProviderButtons providers={door.providers} next={paths.home()} />}
          <Link to={paths.login()}>Sign in</Link>
        </>
      )}
    </Loaded>
  );
}

function Ways({ door, code, next }: { door: DoorState; code: string | null; next: string }) {
  const both = door.providers.length > 0 && door.password;
  return (
    <>
      <ProviderButtons providers={door.providers} next={next} verb="Go on with" {...(code ? { code } : {})} />
      {both && <Or />}
      {door.password && <SignUpForm code={code} next={next} />}
      {!door.password && door.providers.length === 0 && (
        <p>Passwords are switched off here, and there is no provider to sign in with. Tell an admin.</p>
      )}
      <p className={classes.hint}>
        You have an account? <Link to={paths.login(code ? `${paths.signUp()}#code=${code}` : undefined)}>Sign in</Link>
      </p>
    </>
  );
}
