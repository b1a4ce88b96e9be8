/** A repository whose workflows are started. */
import { useState } from "react";
import own from "../settings/settings.module.css";
import { Choice, Field, type Of, SecretField } from "./field";
import { useServer } from "./server-field";

interface Props {
  of: Of;
}

const STARTS = [
  ["workflow", "One workflow (workflow_dispatch)"],
  ["event", "Those that listen (repository_dispatch)"],
] as const;

const SIGNS_IN = [
  ["token", "A token"],
  ["app", "A GitHub App"],
] as const;

type Starts = (typeof STARTS)[number][0];

export function GitHubFields({ of }: Props) {
  const { kept, field } = useServer("github", of);
  const [starts, setStarts] = useState<Starts>(of.target?.event_type ? "event" : "workflow");
  return (
    <>
      {field(
        "Address of the API",
        "Leave empty for github.com; an Enterprise server has it at https://HOST/api/v3",
        "https://github.example/api/v3",
      )}
      <Field of={of} name="repository" label="Repository" required placeholder="owner/name" />
      <Started of={of} starts={starts} onChoose={setStarts} />
      <SignsIn of={of} kept={kept} starts={starts} />
    </>
  );
}

function Started({ of, starts, onChoose }: { of: Of; starts: Starts; onChoose(starts: Starts): void }) {
  return (
    <>
      <Choice name="starts" label="What is started" value={starts} options={STARTS} onChange={onChoose} />
      {starts === "workflow" ? (
        <Field
          of={of}
          name="workflow"
          label="Workflow"
          required
          placeholder="domino.yml"
          description="Its file below .github/workflows/, or its id"
        />
      ) : (
        <Field
          of={of}
          name="event_type"
          label="Event type"
          required
          placeholder="domino"
          description="As under types: in the workflow. It runs on the default branch only"
          error={of.problem("target.event_type") ?? of.problem("target.workflow")}
        />
      )}
    </>
  );
}

function SignsIn({ of, kept, starts }: { of: Of; kept: boolean; starts: Starts }) {
  const [signsIn, setSignsIn] = useState<"token" | "app">(of.target?.app_id ? "app" : "token");
  return (
    <>
      <Choice name="signs_in" label="Signs in with" value={signsIn} options={SIGNS_IN} onChange={setSignsIn} />
      {signsIn === "token" ? (
        <SecretField
          of={of}
          kept={kept}
          name="token"
          label="Token"
          required
          description={
            starts === "workflow"
              ? "Fine-grained, of this repository, with Actions: read and write."
              : "Fine-grained, of this repository, with Contents: read and write."
          }
        />
      ) : (
        <App of={of} kept={kept} />
      )}
    </>
  );
}

function App({ of, kept }: { of: Of; kept: boolean }) {
  return (
    <>
      <div className={own.pair}>
        <Field of={of} name="app_id" label="App id" required inputMode="numeric" />
        <Field
          of={of}
          name="installation_id"
          label="Installation id"
          inputMode="numeric"
          description="Found out if it is left empty"
        />
      </div>
      <SecretField
        of={of}
        kept={kept}
        name="private_key"
        label="Private key"
        required
        lines
        description="The whole PEM file of the App."
        error={of.problem("target.private_key") ?? of.problem("target.token")}
      />
    </>
  );
}
