/** The project's tokens: made, shown once, revoked. */
import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { Copyable } from "@/components/copyable";
import { Loaded } from "@/components/loaded";
import { Section } from "@/components/page";
import classes from "@/components/table.module.css";
import { Time } from "@/components/time";
import { asApiError, fieldError } from "@/lib/api/problem";
import type { Project, Token } from "@/lib/api/types";
import { useCreateToken } from "./api/create-token";
import { useTokens } from "./api/get-tokens";
import { useRevokeToken } from "./api/revoke-token";
import own from "./projects.module.css";
import { reportCommand } from "./snippets";

export function TokenList({ project }: { project: Project }) {
  return (
    <Section title="Tokens">
      <div style={{ padding: 16 }}>
        <NewToken project={project} />
      </div>
      <Loaded query={useTokens(project.name)} rows={2}>
        {({ items }) =>
          items.length > 0 && (
            <div className={classes.wrap}>
              <table className={classes.table} aria-label="Tokens">
                <thead>
                  <tr>
                    <th scope="col">Name</th>
                    <th scope="col">Begins with</th>
                    <th scope="col">Last used</th>
                    <th scope="col" className={classes.right}>
                      <span className="sr-only">Actions</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {items.map((token) => (
                    <TokenRow key={token.id} project={project.name} token={token} />
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Loaded>
    </Section>
  );
}

function NewToken({ project }: { project: Project }) {
  const create = useCreateToken();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const name = String(new FormData(form).get("name") ?? "").trim();
    create.mutate({ project: project.name, name }, { onSuccess: () => form.reset() });
  };
  const beside = fieldError(create.error, "name");
  return (
    <form className={own.dialog} onSubmit={submit}>
      <div className={own.row} style={{ alignItems: "flex-end" }}>
        <TextInput label="Name of a new token" name="name" required error={beside} />
        <Button type="submit" variant="default" loading={create.isPending}>
          Make a token
        </Button>
      </div>
      {create.error && !beside && <p role="alert">{asApiError(create.error).detail}</p>}
      {create.data && (
        <>
          <Copyable label="new token" text={create.data.token} />
          <p className={own.note}>Shown only now. A pipeline reports its success with it like this:</p>
          <Copyable label="report command" text={reportCommand(location.origin, create.data.token)} />
        </>
      )}
    </form>
  );
}

function TokenRow({ project, token }: { project: string; token: Token }) {
  const revoke = useRevokeToken(project);
  const [sure, setSure] = useState(false);
  return (
    <tr>
      <td className={classes.wide}>{token.name}</td>
      <td className="mono">{token.prefix}…</td>
      <td>{token.last_used_at ? <Time at={token.last_used_at} /> : <span className="muted">never</span>}</td>
      <td className={classes.right}>
        {token.revoked_at ? (
          <span className="muted">revoked</span>
        ) : (
          <Button
            size="compact-xs"
            variant="subtle"
            color="danger"
            loading={revoke.isPending}
            onClick={() => (sure ? revoke.mutate(token.id) : setSure(true))}
            onBlur={() => setSure(false)}
          >
            {sure ? "Really revoke?" : "Revoke"}
          </Button>
        )}
        {revoke.error && <span role="alert"> {asApiError(revoke.error).detail}</span>}
      </td>
    </tr>
  );
}
