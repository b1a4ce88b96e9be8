/** What is pasted into a project's pipeline so that DominoCI can trigger it and hears of it: the same as in docs/connect-*.md, with
 * this project's names filled in, and never with a secret. */
import type { Project } from "@/lib/api/types";
import { reportCommand } from "../snippets";
import { github, gitlab } from "./forge-snippets";
import { type Instructions, TOKEN } from "./instructions";
import { jenkinsBuild, jenkinsTrigger } from "./jenkins-snippet";

/** For a project as it is saved, and the address under which the arbiter is known. */
export function instructionsFor(project: Project, origin: string): Instructions {
  switch (project.target.kind) {
    case "jenkins":
      return project.target.mode === "build" ? jenkinsBuild(project, origin) : jenkinsTrigger(project, origin);
    case "gitlab":
      return gitlab(project, origin);
    case "github":
      return github(project, origin);
    case "webhook":
      return webhook(project, origin);
    case "agent":
      return agent(origin);
  }
}

const webhook = (project: Project, origin: string): Instructions => ({
  help: "connect-any-ci",
  title: "Into the pipeline",
  snippets: [
    {
      label: "result command",
      into: "when DominoCI started the run: its result",
      text: resultCommand(project, origin),
    },
    {
      label: "report command",
      into: "when anything else did: a success of its own, which opens a tree",
      text: reportCommand(origin, "$DOMINOCI_TOKEN"),
    },
  ],
  needed: [
    { name: "DOMINOCI_TOKEN", value: TOKEN, where: "wherever the pipeline keeps its secrets" },
    {
      name: "DOMINO_EVENT_TOKEN",
      value: "event_token of the request that started the run",
      where: "set by whatever takes the request",
    },
  ],
  notes: ["integrations/sh/dominoci-report does both in one line, and tries again when the network fails."],
});

const resultCommand = ({ accept_event_token }: Project, origin: string) => {
  const [bearer, token] = accept_event_token
    ? ["$DOMINO_EVENT_TOKEN", ""]
    : ["$DOMINOCI_TOKEN", ` "event_token": "'"$DOMINO_EVENT_TOKEN"'",`];
  return [
    `curl --fail --request POST ${origin}/api/v1/results \\`,
    `  --header "Authorization: Bearer ${bearer}" \\`,
    `  --header "Content-Type: application/json" \\`,
    `  --data '{"status": "SUCCESS",${token} "metadata": {"branch": "main", "commit": "'"$(git rev-parse HEAD)"'"}}'`,
  ].join("\n");
};

const agent = (origin: string): Instructions => ({
  help: "pipelines",
  title: "Into its pipeline",
  snippets: [
    {
      label: "report command",
      into: "only if another CI builds it too: a success over there, which opens a tree",
      text: reportCommand(origin, "$DOMINOCI_TOKEN"),
    },
  ],
  needed: [{ name: "DOMINOCI_TOKEN", value: TOKEN, where: "where that CI keeps its secrets" }],
  notes: ["Builds on our own agents need nothing: a push starts them, and they report by themselves."],
});
