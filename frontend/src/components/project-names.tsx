/** Names for a field in which a project is typed; the server decides whether what was typed is one. */
import { useProjects } from "@/lib/api/calls/get-projects";
import { itemsOf } from "./rows-of-pages";

interface Props {
  /** For the `list` of the field. */
  id: string;
  typed: string;
  /** A project that is not offered. */
  not?: string;
}

export function ProjectNames({ id, typed, not }: Props) {
  const { data } = useProjects(typed.trim());
  const names = data ? itemsOf(data).map((project) => project.name) : [];
  return (
    <datalist id={id}>
      {names
        .filter((name) => name !== not)
        .map((name) => (
          <option key={name} value={name} />
        ))}
    </datalist>
  );
}
