/** The project's tokens: made, shown once, rotated with an overlap, revoked. */
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { Empty } from "@/components/empty";
import { Loaded } from "@/components/loaded";
import { Section } from "@/components/page";
import { ProblemNote } from "@/components/problem-note";
import classes from "@/components/table.module.css";
import { Time } from "@/components/time";
import { fieldError } from "@/lib/api/problem";
import type { Project, Token } from "@/lib/api/types";
import { endOf, LIVES, standing } from "@/lib/token-life";
import { useNow } from "@/lib/use-now";
import { useCreateToken } from "../api/create-token";
import { useTokens } from "../api/get-tokens";
import own from "../projects.module.css";
import { NewSecret } from "./new-secret";
import settings from "./settings.module.css";
import { RevokeToken, RotateToken } from "./token-dialogs";

export function TokensSection({ project }: { project: Project }) {
  return (
    <>
      <Section title="Make a token" padded>
        <NewToken project={project} />
      </Section>
      <Section title="Tokens">
        <Loaded query={useTokens(project.name)} rows={2}>
          {({ items }) =>
            items.length ? (
              <TokenTable project={project} tokens={items} />
            ) : (
              <Empty title="No token yet">Make one: the last step of the pipeline reports its success with it.</Empty>
            )
          }
        </Loaded>
      </Section>
    </>
  );
}

function NewToken({ project }: { project: Project }) {
  const create = useCreateToken();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const text = (name: string) => String(new FormData(form).get(name) ?? "").trim();
    const expires_at = endOf(text("life"), Date.now());
    const body = { project: project.name, name: text("name"), ...(expires_at ? { expires_at } : {}) };
    create.mutate(body, { onSuccess: () => form.reset() });
  };
  const beside = fieldError(create.error, "name") ?? fieldError(create.error, "expires_at");
  return (
    <form className={own.dialog} onSubmit={submit}>
      {!beside && <ProblemNote error={create.error} />}
      <div className={own.two}>
        <TextInput
          label="Name"
          name="name"
          required
          maxLength={100}
          description="Where it is used, like the CI's name"
          error={fieldError(create.error, "name")}
        />
        <NativeSelect
          label="Ends"
          name="life"
          description="A pipeline whose token has ended is refused"
          data={LIVES.map(([value, label]) => ({ value, label }))}
          error={fieldError(create.error, "expires_at")}
        />
      </div>
      <div className={own.row}>
        <Button type="submit" loading={create.isPending}>
          Make a token
        </Button>
      </div>
      {create.data && <NewSecret token={create.data.token} />}
    </form>
  );
}

function TokenTable({ project, tokens }: { project: Project; tokens: readonly Token[] }) {
  const now = useNow(tokens.some((token) => token.expires_at && !token.revoked_at));
  return (
    <div className={classes.wrap}>
      <table className={classes.table} aria-label="Tokens">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col" className={classes.optional}>
              For
            </th>
            <th scope="col">Begins with</th>
            <th scope="col" className={classes.optional}>
              Made
            </th>
            <th scope="col">Last used</th>
            <th scope="col">Ends</th>
            <th scope="col" className={classes.right}>
              <span className="sr-only">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {tokens.map((token) => (
            <TokenRow key={token.id} project={project} token={token} tokens={tokens} now={now} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface RowProps {
  project: Project;
  token: Token;
  tokens: readonly Token[];
  now: number;
}

function TokenRow({ project, token, tokens, now }: RowProps) {
  const [dialog, setDialog] = useState<"rotate" | "revoke" | null>(null);
  const { good, text } = standing(token, now);
  const heir = tokens.find((one) => one.id === token.replaced_by);
  const close = () => setDialog(null);
  return (
    <tr className={good ? undefined : settings.off}>
      <td className={classes.wide}>
        {token.name}
        {heir && <span className={classes.under}>replaced by {heir.prefix}…</span>}
      </td>
      <td className={classes.optional}>reports</td>
      <td className="mono">{token.prefix}…</td>
      <td className={`${classes.nowrap} ${classes.optional}`}>
        <Time at={token.created_at} />
      </td>
      <td className={classes.nowrap}>
        {token.last_used_at ? <Time at={token.last_used_at} /> : <span className="muted">never</span>}
      </td>
      <td className={`${classes.nowrap} num`}>{text}</td>
      <td className={`${classes.right} ${own.acts}`}>
        {good && !token.replaced_by && (
          <Button size="compact-xs" variant="subtle" onClick={() => setDialog("rotate")}>
            Rotate…
          </Button>
        )}{" "}
        {good && (
          <Button size="compact-xs" variant="subtle" color="danger" onClick={() => setDialog("revoke")}>
            Revoke…
          </Button>
        )}
        {dialog === "rotate" && <RotateToken project={project} token={token} onClose={close} />}
        {dialog === "revoke" && <RevokeToken project={project} token={token} onClose={close} />}
      </td>
    </tr>
  );
}
