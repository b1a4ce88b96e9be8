/** Making, renaming, moving and removing a folder. */
import { TextInput } from "@mantine/core";
import type { FormEvent } from "react";
import { useNavigate } from "react-router";
import { Dialog } from "@/components/dialog";
import { DialogActs } from "@/components/dialog-acts";
import form from "@/components/forms.module.css";
import { ProblemNote } from "@/components/problem-note";
import { Removal } from "@/components/removal";
import { fieldError } from "@/lib/api/problem";
import type { Folder } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { TOP, useChangeFolder, useCreateFolder, useRemoveFolder } from "./api/folders";
import { FolderNames } from "./folder-names";

type Props = { onClose(): void } & ({ folder: Folder; parent?: undefined } | { folder?: undefined; parent: string });

export function FolderDialog({ folder, parent, onClose }: Props) {
  const navigate = useNavigate();
  const show = ({ path }: Folder) => {
    onClose();
    return navigate(paths.jobs(path));
  };
  const create = useCreateFolder(show);
  const change = useChangeFolder(folder?.id ?? "", show);
  const saving = folder ? change : create;
  const inside = folder ? (folder.parent?.path ?? "") : parent;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const sent = new FormData(event.currentTarget);
    const text = (name: string) => String(sent.get(name) ?? "").trim();
    saving.mutate({ name: text("name"), parent: text("parent") || TOP });
  };
  const beside = ["name", "parent"].some((field) => fieldError(saving.error, field));
  return (
    <Dialog opened onClose={onClose} title={folder ? `Rename or move ${folder.path}` : "New folder"}>
      <form className={form.dialog} onSubmit={submit} noValidate>
        {folder && (
          <p>All that is in it moves along. Builds that ran keep their folders on disk; old addresses lead nowhere.</p>
        )}
        {!beside && <ProblemNote error={saving.error} fields />}
        <TextInput
          label="Name"
          name="name"
          defaultValue={folder?.name}
          data-autofocus
          autoComplete="off"
          error={fieldError(saving.error, "name")}
        />
        <FolderNames label="Within" name="parent" folder={inside} error={fieldError(saving.error, "parent")} />
        <DialogActs verb={folder ? "Save" : "Make the folder"} busy={saving.isPending} onClose={onClose} />
      </form>
    </Dialog>
  );
}

export function RemoveFolder({ folder, onClose }: { folder: Folder; onClose(): void }) {
  const navigate = useNavigate();
  const remove = useRemoveFolder(folder.id, () => navigate(paths.jobs(folder.parent?.path)));
  return (
    <Removal
      title={`Remove ${folder.path}?`}
      removing={remove}
      onRemove={() => remove.mutate(undefined)}
      onClose={onClose}
    >
      Only an empty folder is removed: nothing is lost with it.
    </Removal>
  );
}
