/** The project's tokens: made, shown once, rotated with an overlap, revoked. */
import { Button, NativeSelect, TextInput } from "@mantine/core";
import type { FormEvent } from "react";
import { Empty } from "@/components/empty";
import form from "@/components/forms.module.css";
import { Loaded } from "@/components/loaded";
import { NewSecret } from "@/components/new-secret";
import { Section } from "@/components/page";
import { ProblemNote } from "@/components/problem-note";
import type { TokenActs } from "@/components/token-dialogs";
import { TokenTable } from "@/components/token-table";
import { fieldError } from "@/lib/api/problem";
import type { Project } from "@/lib/api/types";
import { endOf, LIVES } from "@/lib/token-life";
import { useCreateToken } from "../api/create-token";
import { tokensQuery, useTokens } from "../api/get-tokens";
import { revokeToken } from "../api/revoke-token";
import { rotateToken } from "../api/rotate-token";
import { reportCommand } from "../snippets";

export function TokensSection({ project }: { project: Project }) {
  const acts: TokenActs = {
    user: "pipeline",
    rotate: (token, overlapHours) => rotateToken(project.name, token, overlapHours),
    revoke: (token) => revokeToken(project.name, token),
    listed: tokensQuery(project.name).queryKey,
    shown: (token) => <ReportSecret token={token} />,
  };
  return (
    <>
      <Section title="Make a token" padded>
        <NewToken project={project} />
      </Section>
      <Section title="Tokens">
        <Loaded query={useTokens(project.name)} rows={2}>
          {({ items }) =>
            items.length ? (
              <TokenTable tokens={items} acts={acts} />
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
    const fields = event.currentTarget;
    const text = (name: string) => String(new FormData(fields).get(name) ?? "").trim();
    const expires_at = endOf(text("life"), Date.now());
    const body = { project: project.name, name: text("name"), ...(expires_at ? { expires_at } : {}) };
    create.mutate(body, { onSuccess: () => fields.reset() });
  };
  const beside = fieldError(create.error, "name") ?? fieldError(create.error, "expires_at");
  return (
    <form className={form.dialog} onSubmit={submit}>
      {!beside && <ProblemNote error={create.error} />}
      <div className={form.two}>
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
      <div className={form.row}>
        <Button type="submit" loading={create.isPending}>
          Make a token
        </Button>
      </div>
      {create.data && <ReportSecret token={create.data.token} />}
    </form>
  );
}

/** A token that was just made, and the command that reports with it. */
function ReportSecret({ token }: { token: string }) {
  return (
    <NewSecret
      token={token}
      use="The last step of the pipeline reports its success with it:"
      label="report command"
      command={reportCommand(location.origin, token)}
    />
  );
}
