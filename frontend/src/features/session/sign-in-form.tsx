import { Button, PasswordInput, TextInput } from "@mantine/core";
import type { FormEvent } from "react";
import { useNavigate } from "react-router";
import { ProblemNote } from "@/components/problem-note";
import { asApiError, fieldError } from "@/lib/api/problem";
import { useSignIn } from "./api/sign-in";
import classes from "./door.module.css";

/** Name and password; leads to `next`. */
export function SignInForm({ next }: { next: string }) {
  const navigate = useNavigate();
  const signIn = useSignIn();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const body = { name: String(form.get("name") ?? ""), password: String(form.get("password") ?? "") };
    signIn.mutate(body, { onSuccess: () => void navigate(next, { replace: true }) });
  };
  const beside = fieldError(signIn.error, "name") ?? fieldError(signIn.error, "password");
  return (
    <form className={classes.form} onSubmit={submit}>
      {signIn.error && !beside && <Wrong error={signIn.error} />}
      <TextInput
        label="Name"
        name="name"
        autoComplete="username"
        autoCapitalize="none"
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
  );
}

/** A wrong password is no ended session, which is what a 401 means elsewhere. */
function Wrong({ error }: { error: unknown }) {
  const refusal = asApiError(error);
  if (refusal.status !== 401) return <ProblemNote error={error} />;
  return (
    <p className={classes.alert} role="alert">
      {refusal.detail}
    </p>
  );
}
