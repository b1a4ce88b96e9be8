/** Making a token, and the one time that it is shown. */
import { Button, NativeSelect, TextInput } from "@mantine/core";
import type { FormEvent } from "react";
import form from "@/components/forms.module.css";
import { NewSecret } from "@/components/new-secret";
import { ProblemNote } from "@/components/problem-note";
import { fieldError } from "@/lib/api/problem";
import { endOf, LIVES } from "@/lib/token-life";
import { useMakeToken } from "./api/tokens";

const FIELDS = ["name", "scope", "expires_at"];

export function NewToken() {
  const make = useMakeToken();
  const problem = (field: string) => fieldError(make.error, field);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const element = event.currentTarget;
    const text = (name: string) => String(new FormData(element).get(name) ?? "").trim();
    const expires_at = endOf(text("life"), Date.now());
    const scope = text("scope") === "read" ? "read" : "user";
    make.mutate(
      { name: text("name"), scope, ...(expires_at ? { expires_at } : {}) },
      { onSuccess: () => element.reset() },
    );
  };
  return (
    <form className={form.dialog} onSubmit={submit} aria-label="New token">
      {!FIELDS.some(problem) && <ProblemNote error={make.error} />}
      <div className={form.two}>
        <TextInput
          label="Name"
          name="name"
          required
          maxLength={100}
          autoComplete="off"
          description="What will use it"
          error={problem("name")}
        />
        <NativeSelect
          label="May"
          name="scope"
          description="No more than it needs"
          data={[
            { value: "read", label: "only look" },
            { value: "user", label: "do all that you may" },
          ]}
          error={problem("scope")}
        />
        <NativeSelect
          label="Ends"
          name="life"
          defaultValue="90"
          description="From then on it is refused"
          data={LIVES.map(([value, label]) => ({ value, label }))}
          error={problem("expires_at")}
        />
      </div>
      <div className={form.row}>
        <Button type="submit" loading={make.isPending}>
          Make a token
        </Button>
      </div>
      {make.data && <OwnSecret token={make.data.token} />}
    </form>
  );
}

/** A token that was just made, and a command that tries it. */
export function OwnSecret({ token }: { token: string }) {
  return (
    <NewSecret
      token={token}
      use="This lists the projects that it may see:"
      label="command"
      command={`curl -H 'Authorization: Bearer ${token}' \\\n  ${location.origin}/api/v1/projects`}
    />
  );
}
