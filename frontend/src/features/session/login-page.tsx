/** Signing in, with a provider or a password; leads back to where the link was meant to go. */
import { Link, Navigate, useSearchParams } from "react-router";
import { Loaded } from "@/components/loaded";
import type { Door as DoorState } from "@/lib/api/types";
import { safeNext } from "@/lib/next-url";
import { paths } from "@/lib/paths";
import { useTitle } from "@/lib/use-title";
import { useDoor } from "./api/get-door";
import { Door } from "./door";
import classes from "./door.module.css";
import { Or } from "./or";
import { ProviderButtons } from "./provider-buttons";
import { SignInForm } from "./sign-in-form";

export function LoginPage() {
  useTitle("Sign in");
  const [query] = useSearchParams();
  const next = safeNext(query.get("next"));
  const door = useDoor(query.get("refused"), query.get("provider"));
  return (
    <Door title="Sign in">
      <Loaded query={door} rows={4}>
        {(found) => <Ways door={found} next={next} />}
      </Loaded>
    </Door>
  );
}

function Ways({ door, next }: { door: DoorState; next: string }) {
  if (door.me && !door.refusal) return <Navigate to={next} replace />;
  return (
    <>
      {door.refusal && (
        <p className={classes.alert} role="alert">
          {door.refusal}
        </p>
      )}
      {door.me ? (
        <p>
          You are signed in as {door.me.user.name}. <Link to={next}>Go on</Link>
        </p>
      ) : (
        <>
          <ProviderButtons providers={door.providers} next={next} />
          {door.providers.length > 0 && door.password && <Or />}
          {door.password && <SignInForm next={next} />}
          <Help door={door} />
        </>
      )}
    </>
  );
}

/** What to do without an account, or without a way in. */
function Help({ door: { password, sign_up, contact } }: { door: DoorState }) {
  return (
    <div className={classes.hint}>
      {sign_up === "open" && password && (
        <p>
          No account yet? <Link to={paths.signUp()}>Create one</Link>
        </p>
      )}
      {sign_up !== "open" && (
        <p>No account yet? {contact ? `Ask ${contact}` : "Ask an admin of this DominoCI"} for an invitation.</p>
      )}
      <p>
        {password ? "No password yet, or forgotten?" : "Locked out?"} On the server, <code>dominoci login-link</code>{" "}
        prints a link that signs you in once.
      </p>
    </div>
  );
}
