/** The command palette: one field over what can be done here, where one can go, and everything that can be found. */
import { Modal } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { type KeyboardEvent, useEffect, useId, useState } from "react";
import { useNavigate } from "react-router";
import { useOffered } from "@/lib/actions";
import { useAgents } from "@/lib/api/calls/get-agents";
import { useFocusBack } from "@/lib/use-focus-back";
import { visits } from "@/lib/visited";
import { useFoundJobs } from "./api/find-jobs";
import { useFoundPeople } from "./api/find-people";
import { useNames } from "./api/get-names";
import { useSearch } from "./api/get-search";
import { OptionList } from "./option-list";
import {
  eventHere,
  foundGroups,
  jobsGroup,
  localGroups,
  type Option,
  type OptionGroup,
  type Place,
  pageHere,
  peopleGroup,
  searchAll,
} from "./palette-model";
import classes from "./search.module.css";
import { step } from "./search-model";

const MOST = 2000;
const ASKED = 200;

interface Props {
  opened: boolean;
  /** What is typed when it opens: `>` for what can be done. */
  begin: string;
  places: readonly Place[];
  /** Admins find people, too. */
  admin: boolean;
  onClose(): void;
}

export function Palette({ opened, onClose, ...rest }: Props) {
  useFocusBack(opened);
  return (
    <Modal.Root opened={opened} onClose={onClose} size="lg" yOffset="8vh" transitionProps={{ duration: 0 }}>
      <Modal.Overlay />
      <Modal.Content aria-label="Search and commands" onKeyDown={(event) => event.stopPropagation()}>
        <Modal.Body className={classes.body}>
          <Inside {...rest} onClose={onClose} />
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

/** What is known at once, and below it what the server found for the same words. */
function useGroups(typed: string, places: readonly Place[], admin: boolean) {
  const actions = useOffered();
  const names = useNames(true).data?.items ?? [];
  const agents = useAgents().data?.items ?? [];
  const [visited] = useState(() => visits().filter(({ to }) => to !== location.pathname));
  const [rested] = useDebouncedValue(typed.slice(0, ASKED), 150);
  const search = useSearch(rested.startsWith(">") ? "" : rested);
  const people = useFoundPeople(rested, admin);
  const jobs = useFoundJobs(rested);
  const local = [
    ...eventHere(typed, location.pathname),
    ...localGroups({ actions, places, names, agents, visited }, typed),
  ];
  const answers = typed !== "" && search.data?.q === typed;
  const found = answers
    ? [...foundGroups(search.data, local), ...jobsGroup(jobs, typed), ...peopleGroup(people, typed)]
    : [];
  const groups = [...local, ...found];
  const everywhere = !answers ? [] : isAddress(typed) ? pageHere(typed, location.origin) : [searchAll(typed)];
  return { groups: [...groups, ...everywhere], answers, found, search };
}

const isAddress = (text: string) => /^https?:\/\//.test(text);

function Inside({ begin, places, admin, onClose }: Omit<Props, "opened">) {
  const [text, setText] = useState(begin);
  const [at, setAt] = useState(0);
  const list = useId();
  const navigate = useNavigate();
  const typed = text.trim();
  const { groups, answers, found, search } = useGroups(typed, places, admin);
  const options = groups.flatMap((group) => group.options);
  const active = options[at];

  const take = (option: Option | undefined) => {
    if (!option) return;
    onClose();
    if (option.to) void navigate(option.to);
    else option.run?.();
  };
  // Enter before anything was found takes the first thing that is, unless something else has been typed since
  const [eager, setEager] = useState<string | null>(null);
  useEffect(() => {
    if (eager === null || eager !== typed || !answers) return;
    setEager(null);
    take(options[0]);
  });
  const pressed = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp")
      setAt(step(at, event.key === "ArrowDown" ? 1 : -1, options.length));
    else if (event.key === "Enter" && active) take(active);
    else if (event.key === "Enter") setEager(typed);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <input
        type="text"
        role="combobox"
        // biome-ignore lint/a11y/noAutofocus: the dialog is opened to type here
        autoFocus
        data-autofocus
        className={classes.field}
        autoComplete="off"
        spellCheck={false}
        maxLength={MOST}
        placeholder="Search, or type > for commands"
        aria-label="Search projects, trees, builds, commits, run addresses"
        aria-expanded={options.length > 0}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={active ? `${list}-${active.key}` : undefined}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={pressed}
      />
      <OptionList id={list} groups={groups} active={active?.key ?? null} onTake={take} onLeave={onClose} />
      <p className={classes.word} role="status">
        {statusText(typed, answers, found, groups, search)}
      </p>
    </>
  );
}

function statusText(
  typed: string,
  answers: boolean,
  found: readonly OptionGroup[],
  groups: readonly OptionGroup[],
  search: { error: Error | null },
): string {
  if (!typed || typed.startsWith(">")) return groups.length ? "" : "There is no such command here.";
  if (search.error) return "The server did not answer; what this page knows is shown.";
  if (!answers) return "Searching…";
  const local = groups.length - found.length;
  return found.length || local > (isAddress(typed) ? 0 : 1) ? "" : `Nothing found for “${typed}”.`;
}
