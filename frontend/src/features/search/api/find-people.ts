import { usePeople } from "@/lib/api/calls/get-people";
import type { Person } from "@/lib/api/types";

const NOBODY: Person[] = [];

/** People whose name holds what was typed; asked for by admins only, who may do something about them. */
export const useFoundPeople = (q: string, admin: boolean): readonly Person[] => {
  const wanted = admin && q.length > 1 && !q.startsWith(">") && !/[/\s]/.test(q);
  const people = usePeople(wanted ? q : null);
  return wanted ? (people.data?.items ?? NOBODY) : NOBODY;
};
