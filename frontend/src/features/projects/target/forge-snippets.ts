/** What goes into the pipeline of a GitLab project, and into the workflow of a GitHub repository: after docs/connect-gitlab.md and
 * docs/connect-github.md. */
import type { Project } from "@/lib/api/types";
import { type Instructions, LIBRARY, TOKEN } from "./instructions";

export const gitlab = ({ name, target }: Project, origin: string): Instructions => ({
  help: "connect-gitlab",
  title: "Into .gitlab-ci.yml",
  snippets: [
    {
      label: ".gitlab-ci.yml",
      into: `.gitlab-ci.yml${target.project ? ` of ${target.project}` : ""}`,
      text: `# ${name}: ${origin}/projects/${name}
include:
  - project: ${LIBRARY}
    ref: main
    file: integrations/gitlab/dominoci.gitlab-ci.yml

variables:
  DOMINOCI_URL: ${origin}

build:
  script: [make]`,
    },
  ],
  needed: [
    {
      name: "DOMINOCI_TOKEN",
      value: TOKEN,
      where: "Settings → CI/CD → Variables, masked; protected, if only protected branches report",
    },
  ],
  notes: [
    `Put a copy of integrations/gitlab/ into a project of your GitLab, and name that project in place of ${LIBRARY}.`,
    `If jobs have rules, one must let $CI_PIPELINE_SOURCE == "${target.secrets.some((one) => one.name === "token") ? "trigger" : "api"}" through, and so must workflow:rules.`,
    "Pipeline variables must be allowed: Settings → CI/CD → Variables → Minimum role to use pipeline variables.",
  ],
});

export const github = (project: Project, origin: string): Instructions => {
  const { workflow, repository, event_type } = project.target;
  const file = workflow && /\.ya?ml$/.test(workflow) ? workflow : "domino.yml";
  return {
    help: "connect-github",
    title: `Into .github/workflows/${file}`,
    snippets: [
      {
        label: "workflow",
        into: `.github/workflows/${file}${repository ? ` of ${repository}` : ""}, on its default branch`,
        text: workflowOf(project, origin, workflow ? null : (event_type ?? "domino")),
      },
    ],
    needed: [
      {
        name: "DOMINOCI_TOKEN",
        value: TOKEN,
        where: "Settings → Secrets and variables → Actions, as a repository secret",
      },
    ],
    notes: [
      `${LIBRARY} stands for where this program's repository is at your GitHub.`,
      ...(workflow
        ? ["Each parameter of a dependency must be declared as an input beside domino: GitHub refuses others."]
        : ["It runs on the default branch only, and GitHub does not say whether anything listens."]),
    ],
  };
};

const marker = (from: string, told: string) =>
  `\${{ ${from} && format('[domino:{0}/{1}/{2}]', ${told}.tree_id, ${told}.sub_id, ${told}.attempt) || '' }}`;

const DISPATCHED = {
  name: marker("inputs.domino", "fromJSON(inputs.domino)"),
  on: `  workflow_dispatch:
    inputs:
      domino:
        description: what DominoCI sends
        required: false`,
};

const PAYLOAD = "github.event.client_payload.domino";

const workflowOf = ({ name }: Project, origin: string, event: string | null) => {
  const { name: runName, on } = event
    ? { name: marker(PAYLOAD, PAYLOAD), on: `  repository_dispatch:\n    types: [${yamlText(event)}]` }
    : DISPATCHED;
  return `# ${name}: ${origin}/projects/${name}
name: domino

run-name: ${runName}

on:
  push:
${on}

permissions:
  contents: read

jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: make
      - uses: ${LIBRARY}/integrations/github@v1
        if: always()
        with:
          status: \${{ job.status }}
          url: ${origin}
          token: \${{ secrets.DOMINOCI_TOKEN }}`;
};

/** A scalar that means itself in YAML: JSON is YAML. */
const yamlText = (text: string) => (/^[a-z][\w.-]*$/i.test(text) ? text : JSON.stringify(text));
