/** Repositories whose branches or pull requests each get a copy of the job. */
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { ACTIONS, DataTable, optional } from "@/components/data-table";
import { Dialog } from "@/components/dialog";
import { DialogActs } from "@/components/dialog-acts";
import { Empty } from "@/components/empty";
import form from "@/components/forms.module.css";
import { Loaded } from "@/components/loaded";
import { Section } from "@/components/page";
import { ProblemNote } from "@/components/problem-note";
import { Removal } from "@/components/removal";
import table from "@/components/table.module.css";
import { fieldError } from "@/lib/api/problem";
import type { Job, RepositoryLink } from "@/lib/api/types";
import { useAddLink, useLinks, useRemoveLink } from "./api/links";
import { mayChange } from "./job-words";

const KIND_NAME: Record<RepositoryLink["kind"], string> = { branch: "each branch", pull_request: "each pull request" };

export function RepositoryLinks({ job }: { job: Job }) {
  const links = useLinks(job.id);
  const [adding, setAdding] = useState(false);
  const [ending, setEnding] = useState<RepositoryLink | null>(null);
  const own = mayChange(job);
  return (
    <Section
      title="Branches and pull requests"
      actions={
        own && (
          <Button size="xs" variant="default" onClick={() => setAdding(true)}>
            Link a repository
          </Button>
        )
      }
    >
      <Loaded query={links} rows={2}>
        {({ items }) =>
          items.length ? (
            <DataTable label="Links to repositories" columns={["Repository", "A copy for", optional("By"), ACTIONS]}>
              {items.map((link) => (
                <tr key={link.id}>
                  <td className={form.name}>
                    <strong>{link.repository}</strong>
                  </td>
                  <td className={table.nowrap}>{KIND_NAME[link.kind]}</td>
                  <td className={table.optional}>{link.created_by}</td>
                  <td className={table.right}>
                    {own && (
                      <Button
                        size="compact-xs"
                        variant="subtle"
                        aria-label={`Unlink ${KIND_NAME[link.kind]} of ${link.repository}`}
                        onClick={() => setEnding(link)}
                      >
                        Unlink…
                      </Button>
                    )}
                  </td>
                </tr>
              ))}
            </DataTable>
          ) : (
            <Empty title="No repository is linked">
              With a link each branch, or each pull request, of a repository at GitHub or GitLab gets a copy of this job
              with builds of its own, which ends with it.
            </Empty>
          )
        }
      </Loaded>
      {adding && <LinkDialog job={job} onClose={() => setAdding(false)} />}
      {ending && <Unlink job={job} link={ending} onClose={() => setEnding(null)} />}
    </Section>
  );
}

function LinkDialog({ job, onClose }: { job: Job; onClose(): void }) {
  const add = useAddLink(job.id);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const sent = new FormData(event.currentTarget);
    const kind = sent.get("kind") === "pull_request" ? "pull_request" : "branch";
    add.mutate({ repository: String(sent.get("repository") ?? "").trim(), kind }, { onSuccess: onClose });
  };
  const problem = (field: string) => fieldError(add.error, field);
  return (
    <Dialog opened onClose={onClose} title="Link a repository">
      <form className={form.dialog} onSubmit={submit} aria-label="Link a repository" noValidate>
        {!["repository", "kind"].some(problem) && <ProblemNote error={add.error} fields />}
        <TextInput
          label="Repository"
          name="repository"
          placeholder="github.com/owner/name"
          description="Or its address. Its webhook must reach this site."
          data-autofocus
          autoComplete="off"
          error={problem("repository")}
        />
        <NativeSelect
          label="A copy for"
          name="kind"
          data={[
            { value: "branch", label: KIND_NAME.branch },
            { value: "pull_request", label: KIND_NAME.pull_request },
          ]}
          error={problem("kind")}
        />
        <DialogActs verb="Link" busy={add.isPending} onClose={onClose} />
      </form>
    </Dialog>
  );
}

function Unlink({ job, link, onClose }: { job: Job; link: RepositoryLink; onClose(): void }) {
  const remove = useRemoveLink(job.id);
  return (
    <Removal
      title={`Unlink ${link.repository}?`}
      verb="Unlink"
      removing={remove}
      onRemove={() => remove.mutate(link.id, { onSuccess: onClose })}
      onClose={onClose}
    >
      {KIND_NAME[link.kind][0]?.toUpperCase()}
      {KIND_NAME[link.kind].slice(1)} gets no copy any more. Copies that there are stay as they are.
    </Removal>
  );
}
