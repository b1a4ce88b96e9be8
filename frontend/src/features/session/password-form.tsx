import { Button, PasswordInput } from "@mantine/core";
import type { FormEvent } from "react";
import { Link, useNavigate } from "react-router";
import { asApiError, fieldError } from "@/lib/api/problem";
import type { Me } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { useSetPassword } from "./api/set-password";
import { Door } from "./door";
import classes from "./door.module.css";

/** Sets or changes the password; it can be left for later. */
export function PasswordForm({ me: { user } }: { me: Me }) {
  const save = useSetPassword();
  const navigate = useNavigate();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const current = form.get("current");
    const body = { password: String(form.get("password") ?? ""), ...(current ? { current: String(current) } : {}) };
    save.mutate(body, { onSuccess: () => void navigate(paths.home()) });
  };
  const beside = fieldError(save.error, "password") ?? fieldError(save.error, "current");
  return (
    <Door title={user.has_password ? "Change your password" : `Welcome, ${user.name}`}>
      {!user.has_password && <p>You are signed in. With a password you can come back without a new link.</p>}
      <form className={classes.form} onSubmit={submit}>
        {save.error && !beside && (
          <p className={classes.alert} role="alert">
            {asApiError(save.error).detail}
          </p>
        )}
        <input type="text" name="username" autoComplete="username" value={user.name} readOnly hidden />
        {user.has_password && (
          <PasswordInput
            label="Current password"
            name="current"
            autoComplete="current-password"
            required
            error={fieldError(save.error, "current")}
          />
        )}
        <PasswordInput
          label="New password"
          name="password"
          autoComplete="new-password"
          required
          autoFocus
          error={fieldError(save.error, "password")}
        />
        <div className={classes.row}>
          <Button type="submit" loading={save.isPending}>
            Save password
          </Button>
          <Link to={paths.home()}>{user.has_password ? "Cancel" : "Later"}</Link>
        </div>
      </form>
    </Door>
  );
}
