import { Button, PasswordInput, TextInput } from "@mantine/core";
import type { FormEvent } from "react";
import { useNavigate } from "react-router";
import { ProblemNote } from "@/components/problem-note";
import { fieldError } from "@/lib/api/problem";
import { useSignUp } from "./api/sign-up";
import classes from "./door.module.css";

const FIELDS = ["name", "full_name", "password"];

/** A new account with a password; `code` is an invitation's. */
export function SignUpForm({ code, next }: { code: string | null; next: string }) {
  const signUp = useSignUp();
  const navigate = useNavigate();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? "");
    const body = { name: text("name"), password: text("password"), full_name: text("full_name") || null, code };
    signUp.mutate(body, { onSuccess: () => void navigate(next, { replace: true }) });
  };
  const error = (name: string) => fieldError(signUp.error, name);
  const beside = FIELDS.some(error);
  return (
    <form className={classes.form} onSubmit={submit}>
      {signUp.error && !beside && <ProblemNote error={signUp.error} fields />}
      <TextInput
        label="Name"
        description="How others find you here: letters, digits, dots, - and _"
        name="name"
        autoComplete="username"
        autoCapitalize="none"
        autoFocus
        required
        error={error("name")}
      />
      <TextInput label="Full name (optional)" name="full_name" autoComplete="name" error={error("full_name")} />
      <PasswordInput
        label="Password"
        description="At least 10 characters"
        name="password"
        autoComplete="new-password"
        required
        error={error("password")}
      />
      <Button type="submit" loading={signUp.isPending}>
        Create account
      </Button>
    </form>
  );
}
