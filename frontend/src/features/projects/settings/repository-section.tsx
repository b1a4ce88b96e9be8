/** Repository access: what own agents, and the arbiter where it asks for branches, show a private repository. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { Empty } from "@/components/empty";
import { Loaded } from "@/components/loaded";
import { Section } from "@/components/page";
import { ProblemNote } from "@/components/problem-note";
import { fieldError } from "@/lib/api/problem";
import type { Project, RepositoryAccess } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { useAccess, useSaveAccess, useTestAccess } from "../api/repository-access";
import { AccessFields } from "./access-fields";
import { ACCESS_FIELDS, accessOf } from "./access-model";
import { Findings } from "./findings";
import { RepositoryHook } from "./repository-hook";
import classes from "./settings.module.css";
import { SettingsForm } from "./settings-form";

export function RepositorySection({ project }: { project: Project }) {
  const access = useAccess(project.name);
  return (
    <Loaded query={access} rows={4}>
      {(found) => (found.hosted ? <Hosted project={project} /> : <Elsewhere project={project} access={found} />)}
    </Loaded>
  );
}

function Hosted({ project }: { project: Project }) {
  return (
    <Section title="Repository access">
      <Empty title="The repository is hosted here">
        Builds of {project.name} read it without any credentials of yours. Only a repository elsewhere needs some.
      </Empty>
    </Section>
  );
}

function Elsewhere({ project, access }: { project: Project; access: RepositoryAccess }) {
  const save = useSaveAccess(project.name);
  const [dirty, setDirty] = useState(false);
  const problem = (field: string) => fieldError(save.error, field);
  return (
    <>
      <SettingsForm
        key={made(access)}
        title="Repository access"
        saving={save}
        beside={ACCESS_FIELDS.some(problem)}
        onSave={(form, saved) => save.mutate(accessOf(form), { onSuccess: saved })}
        onDirty={setDirty}
      >
        <p className="in-text">
          What <span className="mono">{access.origin}</span> is shown when {project.name} is built by own agents, or
          asked for a branch. It goes there and nowhere else: a repository that moves elsewhere needs it anew.{" "}
          <Link to={paths.help("private-repositories")}>Step by step</Link>
        </p>
        <AccessFields project={project} access={access} problem={problem} />
      </SettingsForm>
      <TestAccess key={`test ${made(access)}`} project={project} dirty={dirty} />
      <RepositoryHook key={`hook ${made(access)}`} project={project} />
    </>
  );
}

/** Changes when what is kept does: the form is then made anew. */
const made = (access: RepositoryAccess) =>
  [access.kind, access.fingerprint, ...access.secrets.map((secret) => secret.set_at)].join(" ");

function TestAccess({ project, dirty }: { project: Project; dirty: boolean }) {
  const test = useTestAccess(project.name);
  return (
    <Section
      title="Test access"
      padded
      actions={
        <Button size="xs" variant="default" loading={test.isPending} disabled={dirty} onClick={() => test.mutate()}>
          {test.data ? "Test again" : "Test access"}
        </Button>
      }
    >
      <p className="muted">
        {dirty
          ? "What is tested is what is saved: save first."
          : `The arbiter asks for the branch ${project.default_branch}; nothing is changed over there.`}
      </p>
      <ProblemNote error={test.error} />
      <div role="status">
        {test.data && !test.isPending && (
          <ol className={classes.steps} aria-label="Steps">
            <Findings of={test.data.findings} />
          </ol>
        )}
      </div>
    </Section>
  );
}
