/** Choosing somebody by name and giving them a role; the server decides whether there is such a person. */
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useId, useState } from "react";
import { usePeople } from "@/lib/api/calls/get-people";
import { fieldError, isNotFound } from "@/lib/api/problem";
import type { Role } from "@/lib/api/types";
import form from "./forms.module.css";
import { ProblemNote } from "./problem-note";
import { ROLES } from "./roles";

export interface NewMember {
  user: string;
  role: Role;
}

interface Props {
  /** Those who are there already are not offered. */
  not: readonly string[];
  adding: { error: unknown; isPending: boolean };
  onAdd(member: NewMember, added: () => void): void;
}

export function AddMember({ not, adding, onAdd }: Props) {
  const [typed, setTyped] = useState("");
  const [role, setRole] = useState<Role>("maintainer");
  const list = useId();
  const { data } = usePeople(typed.trim());
  const unknown = isNotFound(adding.error) ? adding.error.detail : undefined;
  const beside = unknown ?? fieldError(adding.error, "user");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (typed.trim()) onAdd({ user: typed.trim(), role }, () => setTyped(""));
  };
  return (
    <form className={form.dialog} onSubmit={submit} aria-label="Add somebody">
      {!beside && <ProblemNote error={adding.error} />}
      <div className={form.two}>
        <TextInput
          label="Name"
          required
          list={list}
          autoComplete="off"
          description="What they sign in with"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          error={beside}
        />
        <NativeSelect
          label="Role"
          description="Each may all that the ones before may"
          value={role}
          onChange={(event) => setRole(ROLES.find(([one]) => one === event.currentTarget.value)?.[0] ?? "viewer")}
          data={ROLES.map(([value, means]) => ({ value, label: `${value}: ${means}` }))}
        />
      </div>
      <datalist id={list}>
        {(data?.items ?? [])
          .filter(({ name }) => !not.includes(name))
          .map(({ id, name, full_name }) => (
            <option key={id} value={name}>
              {full_name ?? ""}
            </option>
          ))}
      </datalist>
      <div className={form.row}>
        <Button type="submit" loading={adding.isPending} disabled={!typed.trim()}>
          Add
        </Button>
      </div>
    </form>
  );
}
