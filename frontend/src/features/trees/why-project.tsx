/** Why a project has, or has not, run in a tree: asked by name, answered from what is stored. */
import { Button, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { type FormEvent, useId, useState } from "react";
import { Link } from "react-router";
import { Dialog } from "@/components/dialog";
import { itemsOf } from "@/components/rows-of-pages";
import { Skeleton } from "@/components/skeleton";
import { StateIcon } from "@/components/state-icon";
import { useProjects } from "@/lib/api/calls/get-projects";
import { asApiError } from "@/lib/api/problem";
import type { ProjectWhy } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { asState } from "@/lib/states";
import { useProjectWhy } from "./api/get-project-why";
import classes from "./why-project.module.css";

/** What the filter offers when it finds no event: the project may exist, and have been kept out of the tree. */
export function WhyNotHere({ tree, name }: { tree: string; name: string }) {
  const [asked, setAsked] = useState<string | null>(null);
  if (asked === name) return <Answer tree={tree} project={name} />;
  return (
    <Button variant="default" size="xs" onClick={() => setAsked(name)}>
      Why is “{name}” not in this tree?
    </Button>
  );
}

interface DialogProps {
  tree: string;
  opened: boolean;
  onClose(): void;
}

export function WhyProjectDialog({ tree, opened, onClose }: DialogProps) {
  return (
    <Dialog opened={opened} onClose={onClose} title="Why did a project not run?">
      <WhyProjectForm tree={tree} onLeave={onClose} />
    </Dialog>
  );
}

function WhyProjectForm({ tree, onLeave }: { tree: string; onLeave(): void }) {
  const [typed, setTyped] = useState("");
  const [asked, setAsked] = useState<string | null>(null);
  const [q] = useDebouncedValue(typed.trim(), 200);
  const offered = useProjects(q);
  const list = useId();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(typed.trim() || null);
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <div className={classes.line}>
        <TextInput
          className={classes.field}
          label="Project"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          list={list}
          autoComplete="off"
          data-autofocus
        />
        <datalist id={list}>
          {offered.data && itemsOf(offered.data).map((project) => <option key={project.id} value={project.name} />)}
        </datalist>
        <Button type="submit" disabled={!typed.trim()}>
          Why?
        </Button>
      </div>
      {asked && <Answer tree={tree} project={asked} onLeave={onLeave} />}
    </form>
  );
}

function Answer({ tree, project, onLeave }: { tree: string; project: string; onLeave?: () => void }) {
  const why = useProjectWhy(tree, project);
  if (why.error)
    return (
      <p className={classes.answer} data-state="failed" role="alert">
        {asApiError(why.error).detail}
      </p>
    );
  if (!why.data) return <Skeleton rows={2} />;
  return (
    <div className={classes.answer} data-state={asState(why.data.events[0]?.state ?? "skipped")} role="status">
      <p>
        <strong>{why.data.project.name}</strong> {why.data.in_tree ? "is in this tree" : "is not in this tree"}:{" "}
        {!why.data.in_tree && why.data.reasons.length === 1 && `${why.data.sentence}.`}
      </p>
      {why.data.in_tree ? (
        <Events tree={tree} events={why.data.events} onLeave={onLeave} />
      ) : (
        why.data.reasons.length > 1 && <Reasons reasons={why.data.reasons} />
      )}
    </div>
  );
}

function Events({ tree, events, onLeave }: { tree: string; events: ProjectWhy["events"]; onLeave?: () => void }) {
  return (
    <ul>
      {events.map((event) => (
        <li key={event.sub_id}>
          <StateIcon state={asState(event.state)} size={14} />
          <Link to={paths.event(tree, event.sub_id)} onClick={onLeave}>
            event {event.sub_id}
          </Link>
          <span>{event.sentence}</span>
        </li>
      ))}
    </ul>
  );
}

function Reasons({ reasons }: { reasons: ProjectWhy["reasons"] }) {
  return (
    <ul>
      {reasons.map((reason) => (
        <li key={reason.text}>{reason.text}</li>
      ))}
    </ul>
  );
}
