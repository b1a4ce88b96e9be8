/** Signing in again where the session has ended: the page below stays as it is, with all that was typed. */
import { Button, PasswordInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect } from "react";
import { Dialog } from "@/components/dialog";
import panels from "@/components/panels.module.css";
import { ProblemNote } from "@/components/problem-note";
import { useLookAgain, useSignInAgain } from "@/lib/api/calls/sign-in-again";
import { asApiError } from "@/lib/api/problem";
import { ME_KEY } from "@/lib/api/query-client";
import { noteSignedIn } from "@/lib/api/session-watch";
import type { Me } from "@/lib/api/types";
import { paths } from "@/lib/paths";

export function SessionEnded() {
  const name = useQueryClient().getQueryData<Me>(ME_KEY)?.user.name ?? "";
  const signIn = useSignInAgain(name);
  const { mutate: look } = useLookAgain(name);
  useEffect(() => {
    const back = () => look();
    window.addEventListener("focus", back);
    return () => window.removeEventListener("focus", back);
  }, [look]);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    signIn.mutate(String(new FormData(event.currentTarget).get("password") ?? ""));
  };
  const wrong = signIn.error && asApiError(signIn.error).status === 401 ? asApiError(signIn.error).detail : undefined;
  return (
    <Dialog opened onClose={noteSignedIn} title="Your session has ended">
      <form className={panels.form} onSubmit={submit}>
        <p>Sign in again as {name}: the page below stays as it is, with all that you typed.</p>
        {signIn.error && !wrong && <ProblemNote error={signIn.error} fields />}
        <input type="text" name="username" autoComplete="username" value={name} readOnly hidden />
        <PasswordInput
          label="Password"
          name="password"
          autoComplete="current-password"
          required
          data-autofocus
          error={wrong}
        />
        <div className={panels.again}>
          <Button type="submit" loading={signIn.isPending}>
            Sign in
          </Button>
          <a href={paths.login(paths.home())} target="_blank" rel="noreferrer">
            Sign in another way, in a new tab
          </a>
        </div>
      </form>
    </Dialog>
  );
}
