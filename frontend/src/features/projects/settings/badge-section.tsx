/** The badge: how it looks now, where it is, and the lines that put it into a page. */
import { Button, NativeSelect } from "@mantine/core";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import { Copyable } from "@/components/copyable";
import form from "@/components/forms.module.css";
import { Loaded } from "@/components/loaded";
import { Section } from "@/components/page";
import { Removal } from "@/components/removal";
import { TypedField } from "@/components/typed-field";
import type { Project, ProjectBadge } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { type BadgePick, useBadge, useRotateBadge } from "../api/badge";
import { KINDS, pickOf, STYLES } from "./badge-model";
import classes from "./settings.module.css";

export function BadgeSection({ project }: { project: Project }) {
  const [params, setParams] = useSearchParams();
  const pick = pickOf(params);
  const badge = useBadge(project.name, pick);
  const set = (name: keyof BadgePick, value: string) => {
    const next = new URLSearchParams(params);
    if (value) next.set(name, value);
    else next.delete(name);
    setParams(next, { replace: true });
  };
  return (
    <>
      <Section title="Badge" padded actions={<Link to={paths.help("badges")}>What it says</Link>}>
        <div className={form.form}>
          <div className={form.three}>
            <NativeSelect
              label="It shows"
              value={pick.kind}
              onChange={(event) => set("kind", event.currentTarget.value)}
              data={KINDS.map(([value, label]) => ({ value, label }))}
            />
            <TypedField
              label="On the branch"
              placeholder="any"
              value={pick.branch ?? ""}
              maxLength={200}
              autoComplete="off"
              onSettled={(text) => set("branch", text)}
            />
            <NativeSelect
              label="Style"
              value={pick.style}
              onChange={(event) => set("style", event.currentTarget.value)}
              data={STYLES.map((value) => ({ value, label: value.replace("-", ", ") }))}
            />
          </div>
          <Loaded query={badge} rows={6}>
            {(found) => <Addresses badge={found} name={project.name} />}
          </Loaded>
        </div>
      </Section>
      {badge.data?.needs_key && <Key project={project} />}
    </>
  );
}

function Addresses({ badge, name }: { badge: ProjectBadge; name: string }) {
  const { path, snippets, svg_url, json_url } = badge;
  const lines: [label: string, text: string][] = [
    ["Markdown", snippets.markdown],
    ["reStructuredText", snippets.rst],
    ["HTML", snippets.html],
    ["Address of the picture", svg_url],
    ["Address for shields.io's endpoint badge", json_url],
  ];
  return (
    <>
      <p className={classes.badge}>
        <img src={path} alt={`Badge of ${name}, as it is now`} height={20} />
        <span className={form.note}>as it is now</span>
      </p>
      {lines.map(([label, text]) => (
        <div key={label}>
          <p className={form.note}>{label}</p>
          <Copyable label={label} text={text} />
        </div>
      ))}
    </>
  );
}

/** Where the project is private its addresses hold a key: who has one sees the badge, and nothing else. */
function Key({ project }: { project: Project }) {
  const rotate = useRotateBadge(project.name);
  const [asking, setAsking] = useState(false);
  return (
    <Section title="Key" padded>
      <div className={form.stack}>
        <p>
          {project.name} is private, so its badge is shown only at addresses with its key, as above. Whoever reads such
          an address sees the badge, and nothing else of the project.
        </p>
        <div className={form.row}>
          <Button variant="default" onClick={() => setAsking(true)}>
            Make a new key…
          </Button>
          <span role="status">{rotate.isSuccess && "✓ The addresses above hold the new key"}</span>
        </div>
      </div>
      {asking && (
        <Removal
          title="Make a new key?"
          verb="Make a new key"
          removing={rotate}
          onRemove={() => rotate.mutate(undefined, { onSuccess: () => setAsking(false) })}
          onClose={() => setAsking(false)}
        >
          Every address that was given out ends at once: pages that show the badge of {project.name} say “unknown
          project” until they get the new one.
        </Removal>
      )}
    </Section>
  );
}
