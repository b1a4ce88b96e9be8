/** A field for a folder, with those that there are; the server decides whether what was typed is one. */
import { TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useId, useState } from "react";
import { itemsOf } from "@/components/rows-of-pages";
import { useFolders } from "./api/folders";

interface Props {
  label: string;
  name: string;
  folder: string;
  description?: string;
  error?: string;
}

export function FolderNames({ label, name, folder, description, error }: Props) {
  const [typed, setTyped] = useState(folder);
  const [q] = useDebouncedValue(typed.trim(), 200);
  const { data } = useFolders(q ? { q } : {});
  const list = useId();
  return (
    <>
      <TextInput
        label={label}
        name={name}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        placeholder="no folder"
        description={description}
        list={list}
        autoComplete="off"
        error={error}
      />
      <datalist id={list}>{data && itemsOf(data).map(({ id, path }) => <option key={id} value={path} />)}</datalist>
    </>
  );
}
