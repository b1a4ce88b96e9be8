/** A new job from a template: what it runs, what it is called, and of which project it is. */
import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { Crumbs } from "@/components/crumbs";
import form from "@/components/forms.module.css";
import { crumbsOf } from "@/components/job-crumbs";
import { Page, Section } from "@/components/page";
import { ProblemNote } from "@/components/problem-note";
import { ProjectNames } from "@/components/project-names";
import { fieldError } from "@/lib/api/problem";
import type { JobCreate } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { useTitle } from "@/lib/use-title";
import { useCreateJob } from "./api/jobs";
import { DefinitionField } from "./definition-field";
import { FolderNames } from "./folder-names";
import classes from "./jobs.module.css";
import { TemplateCards } from "./template-cards";
import { TEMPLATES, type Template } from "./templates";

const FIELDS = ["path", "project", "file"];
const FIRST = TEMPLATES[0] as Template;

export function NewJobPage() {
  useTitle("New job", null, { found: false });
  const [query, setQuery] = useSearchParams();
  const folder = query.get("folder") ?? "";
  const [template, setTemplate] = useState(TEMPLATES.find((one) => one.key === query.get("template")) ?? FIRST);
  const [text, setText] = useState(template.text);
  const choose = (one: Template) => {
    setTemplate(one); // at once; the address follows
    setText(one.text);
    setQuery(
      (before) => {
        const after = new URLSearchParams(before);
        after.set("template", one.key);
        return after;
      },
      { replace: true },
    );
  };
  return (
    <Page title="New job">
      <Crumbs items={crumbsOf(folder, [{ text: "New job" }])} />
      <JobForm template={template} text={text} folder={folder} onChoose={choose} onText={setText} />
    </Page>
  );
}

interface Props {
  template: Template;
  text: string;
  folder: string;
  onChoose(template: Template): void;
  onText(text: string): void;
}

function JobForm({ template, text, folder, onChoose, onText }: Props) {
  const create = useCreateJob();
  const navigate = useNavigate();
  const problem = (field: string) => fieldError(create.error, field);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    create.mutate(jobOf(new FormData(event.currentTarget), template, text), {
      onSuccess: ({ path }) => void navigate(paths.job(path)),
    });
  };
  return (
    <form className={form.stack} onSubmit={submit} aria-label="New job" noValidate>
      <Section title="Where it stands" padded>
        <div className={form.form}>
          {!FIELDS.some(problem) && <ProblemNote error={create.error} fields />}
          <div className={form.two}>
            <TextInput
              label="Name"
              name="name"
              required
              data-autofocus
              autoComplete="off"
              description="Letters, digits, . _ and -"
              error={problem("path")}
            />
            <FolderNames label="Folder" name="folder" folder={folder} description="Missing ones are made" />
          </div>
          <ProjectFields repository={template.key === "repository"} problem={problem} />
        </div>
      </Section>
      <Section title="Definition" padded>
        <div className={form.stack}>
          <TemplateCards chosen={template.key} repository onChoose={onChoose} />
          {template.key === "repository" ? (
            <TextInput
              className={classes.field}
              label="File"
              name="file"
              placeholder="where agents look for it"
              description="Within the repository. Left empty: .factory/*.hcl, .flow.yml or .domino/job.yml"
              autoComplete="off"
              error={problem("file")}
            />
          ) : (
            <DefinitionField format={template.key} text={text} onChange={onText} />
          )}
        </div>
      </Section>
      <div className={form.row}>
        <Button type="submit" loading={create.isPending}>
          Create the job
        </Button>
      </div>
    </form>
  );
}

interface ProjectProps {
  /** Whether what runs is read from the repository, which a project must have. */
  repository: boolean;
  problem(field: string): string | undefined;
}

function ProjectFields({ repository, problem }: ProjectProps) {
  const [typed, setTyped] = useState("");
  return (
    <>
      <TextInput
        label="Project"
        name="project"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        placeholder="a new one of its own"
        description={
          repository
            ? "Whose repository it reads. Left empty, one is made that is hosted here and private, to push to."
            : "Gives it repository, secrets and members. Left empty, a private one is made for it."
        }
        list="job-project-names"
        autoComplete="off"
        error={problem("project")}
      />
      <ProjectNames id="job-project-names" typed={typed} />
      {typed.trim() !== "" && !repository && (
        <label className={form.choice}>
          <input type="checkbox" name="checkout" defaultChecked />
          <strong>Check its source out</strong>
          <span>Switched off, builds begin in an empty folder.</span>
        </label>
      )}
    </>
  );
}

/** Folders of the path that are missing are made, also those that a name with slashes means. */
function jobOf(sent: FormData, template: Template, text: string): JobCreate {
  const given = (name: string) => String(sent.get(name) ?? "").trim();
  const project = given("project") || null;
  const where = { path: [given("folder"), given("name")].filter(Boolean).join("/") };
  if (template.key === "repository") return { ...where, project, file: given("file") || null, checkout: true };
  const definition = { format: template.key, text };
  return { ...where, project, definition, ...(project ? { checkout: sent.has("checkout") } : {}) };
}
