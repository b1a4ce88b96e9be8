/** Where a one-time link leads: signs in with its code, then offers to set a password. Without a code it only changes the password. */
import { useEffect, useRef } from "react";
import { Link, Navigate, useLocation, useNavigate } from "react-router";
import { Skeleton } from "@/components/skeleton";
import { useMe } from "@/lib/api/calls/get-me";
import { asApiError } from "@/lib/api/problem";
import { paths } from "@/lib/paths";
import { useTitle } from "@/lib/use-title";
import { useRedeemCode } from "./api/redeem-code";
import { Door } from "./door";
import classes from "./door.module.css";
import { PasswordForm } from "./password-form";

export function SetupPage() {
  useTitle("Set up");
  const { hash } = useLocation();
  const navigate = useNavigate();
  const redeem = useRedeemCode();
  const code = useRef(new URLSearchParams(hash.slice(1)).get("code"));
  const me = useMe(code.current === null && !redeem.isPending);
  const { mutate } = redeem;
  useEffect(() => {
    const once = code.current;
    code.current = null;
    if (!once) return;
    mutate(once);
    // The code works once; out of the address it goes, so that no history or screenshot keeps it.
    void navigate(paths.setup(), { replace: true });
  }, [mutate, navigate]);

  if (redeem.isError && !me.data)
    return (
      <Door title="This link does not work">
        <p className={classes.alert} role="alert">
          {asApiError(redeem.error).detail}
        </p>
        <p>
          A link works once, for an hour. <code>dominoci login-link</code> prints a new one.
        </p>
        <Link to={paths.login()}>Sign in with a password</Link>
      </Door>
    );
  if (me.data) return <PasswordForm me={me.data} />;
  if (me.data === null && redeem.isIdle && code.current === null && !hash)
    return <Navigate to={paths.login(paths.setup())} replace />;
  return (
    <Door title="Signing in…">
      <Skeleton rows={3} />
    </Door>
  );
}
