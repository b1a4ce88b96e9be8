/** What a new job may begin with: a text in one of the formats, or the file in its repository. */

export type Format = "job" | "flow" | "factory" | "builder";

export interface Template {
  key: Format | "repository";
  name: string;
  /** For whom it is. */
  says: string;
  /** Nothing for the repository's own. */
  text: string;
}

export const FORMAT_NAME: Record<Format, string> = {
  job: "job definition",
  flow: "workflow with routes",
  factory: "pipelines (HCL)",
  builder: "builder's payload",
};

const JOB = `title: Greet
parameters:
  - title: NAME
    required: true
    default: World
stages:
  - title: greet
    steps:
      - title: say it
        command: echo "Hello, $NAME"
`;

const FLOW = `workflows:
  - workflow:
      name: release
      jobs:
        - job:
            name: build
            action:
              services:
                make: {image: "alpine:3", command: ["sh", "-c", "echo built > /workspace/built"]}
            success: [check]
        - job:
            name: check
            action:
              services:
                look: {image: "alpine:3", command: ["cat", "/workspace/built"]}
`;

const FACTORY = `pipeline "build" {
  stages = [
    { name = "compile" },
    { name = "test", depends_on = ["compile"] },
  ]
}

stage "compile" {
  run "make" { command = "echo compiled" }
}

stage "test" {
  run "unit" { command = "echo tested" }
}
`;

const BUILDER = `{
  "project_package_manager": "npm",
  "project_build_command": "npm run build",
  "project_dist_directory": "dist"
}
`;

export const TEMPLATES: readonly Template[] = [
  { key: "job", name: "Steps", says: "Shell commands in stages, with parameters. The shortest to write.", text: JOB },
  { key: "flow", name: "Workflow", says: "Jobs in containers, with routes for success and failure.", text: FLOW },
  {
    key: "factory",
    name: "Pipelines",
    says: "Stages that run side by side, filtered by branch and path.",
    text: FACTORY,
  },
  { key: "builder", name: "Website", says: "Install, build and pack a Node project.", text: BUILDER },
  {
    key: "repository",
    name: "From the repository",
    says: "The project's own file says what runs; each commit brings its own.",
    text: "",
  },
];

export const isFormat = (text: string): text is Format => text in FORMAT_NAME;
