/** What to paste into the pipeline of this project, which secrets it needs over there, and whether it has been heard of since. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { Copyable } from "@/components/copyable";
import form from "@/components/forms.module.css";
import { Section } from "@/components/page";
import { Time } from "@/components/time";
import type { Project } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import own from "../settings/settings.module.css";
import type { Instructions } from "./instructions";
import { Listening } from "./listening";
import { instructionsFor } from "./snippet-model";

interface Props {
  project: Project;
  /** Counts up whenever the target was saved: from then on a report is waited for. */
  saved: number;
}

export function PipelineSnippet({ project, saved }: Props) {
  const instructions = instructionsFor(project, location.origin);
  const [copied, setCopied] = useState(0);
  return (
    <Section title={instructions.title} padded actions={<Link to={paths.help(instructions.help)}>Step by step</Link>}>
      <div className={form.stack}>
        {instructions.snippets.map(({ label, into, text }) => (
          <div key={label}>
            <p className={form.note}>{into}</p>
            <Copyable label={label} text={text} onCopy={() => setCopied((n) => n + 1)} />
          </div>
        ))}
        <NeededThere instructions={instructions} project={project} />
        <ul className={own.notes}>
          {instructions.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
        <Heard project={project} begun={saved + copied} />
      </div>
    </Section>
  );
}

function NeededThere({ instructions, project }: { instructions: Instructions; project: Project }) {
  return (
    <dl className={own.needed} aria-label="Set over there">
      {instructions.needed.map(({ name, value, where }) => (
        <div key={name}>
          <dt className="mono">{name}</dt>
          <dd className="in-text">
            {value.includes("dcp_") ? <Link to={paths.projectSettings(project.name, "tokens")}>{value}</Link> : value}
            <span className="muted">; {where}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Waits for the first report by itself; for a next one when something was saved or copied, or somebody asks. */
function Heard({ project, begun }: { project: Project; begun: number }) {
  const last = project.last_result?.at ?? null;
  const [asked, setAsked] = useState(0);
  const round = begun + asked;
  const [watch, setWatch] = useState({ round, before: last, on: last === null });
  // what is the last report when a round begins is not what is waited for
  if (round !== watch.round) setWatch({ round, before: last, on: true });
  if (watch.on) return <Listening key={watch.round} project={project} before={watch.before} />;
  return (
    <div className={form.row}>
      <span>
        It last reported <Time at={last} />.
      </span>
      <Button size="compact-sm" variant="default" onClick={() => setAsked((n) => n + 1)}>
        Wait for the next report
      </Button>
    </div>
  );
}
