/** Signing in with name and password; leads back to where the link was meant to go. */
import { Button, PasswordInput, TextInput } from "@mantine/core";
import type { FormEvent } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { asApiError, fieldError } from "@/lib/api/problem";
import { safeNext } from "@/lib/next-url";
import { useTitle } from "@/lib/use-title";
import { useSignIn } from "./api/sign-in";
import { Door } from "./door";
import classes from "./door.module.css";

export function LoginPage() {
  useTitle("Sign in");
  const [query] = useSearchParams();
  const navigate = useNavigate();
  const signIn = useSignIn();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const body = { name: String(form.get("name") ?? ""), password: String(form.get("password") ?? "") };
    signIn.mutate(body, { onSuccess: () => void navigate(safeNext(query.get("next")), { replace: true }) });
  };
  const beside = fieldError(signIn.error, "name") ?? fieldError(signIn.error, "password");
  return (
    <Door title="Sign in">
      <form className={classes.form} onSubmit={submit}>
        {signIn.error && !beside && (
          <p className={classes.alert} role="alert">
            {asApiError(signIn.error).detail}
          </p>
        )}
        <TextInput
          label="Name"
          name="name"
          autoComplete="username"
          autoFocus
          required
          error={fieldError(signIn.error, "name")}
        />
        <PasswordInput
          label="Password"
          name="password"
          autoComplete="current-password"
          required
          error={fieldError(signIn.error, "password")}
        />
        <Button type="submit" loading={signIn.isPending}>
          Sign in
        </Button>
      </form>
      <p className={classes.hint}>
        No password yet, or forgotten? On the server, <code>dominoci login-link</code> prints a link that signs you in
        once.
      </p>
    </Door>
  );
}
