/** A Jenkins job. */
import { useState } from "react";
import own from "../settings/settings.module.css";
import { Choice, Field, type Of, SecretField } from "./field";
import { useServer } from "./server-field";

interface Props {
  of: Of;
}

const MODES = [
  ["generic-webhook", "Generic Webhook Trigger plugin"],
  ["build", "With parameters (buildWithParameters)"],
] as const;

export function JenkinsFields({ of }: Props) {
  const { kept, field } = useServer("jenkins", of);
  const [mode, setMode] = useState<(typeof MODES)[number][0]>(
    of.target?.mode === "build" ? "build" : "generic-webhook",
  );
  const builds = mode === "build";
  return (
    <>
      {field("Address of Jenkins", undefined, "https://jenkins.example")}
      <Choice name="mode" label="How builds are started" value={mode} options={MODES} onChange={setMode} />
      {!builds && (
        <SecretField
          of={of}
          kept={kept}
          name="token"
          label="Token of the trigger"
          required
          description="The word by which the plugin knows the job; each job has its own."
        />
      )}
      <Field
        of={of}
        name="job"
        label="Job"
        required={builds}
        placeholder="folder/name"
        description={
          builds
            ? "Its path; of a multibranch project the job of the branch: folder/name/main"
            : "Its path. With it, a build whose start got no answer is found again"
        }
      />
      <div className={own.pair}>
        <Field
          of={of}
          name="user"
          label="User"
          required={builds}
          autoComplete="off"
          description={builds ? "Who starts the builds" : "Who looks at builds and stops them; may be left out"}
        />
        <SecretField
          of={of}
          kept={kept}
          name="api_token"
          label="API token"
          required={builds}
          description="That user's. Without one, only what the job reports is known of a build."
        />
      </div>
      <Unstable of={of} />
    </>
  );
}

const UNSTABLE = [
  ["failed", "a failure"],
  ["success", "a success"],
] as const;

function Unstable({ of }: Props) {
  const [counts, setCounts] = useState<"failed" | "success">(of.target?.unstable === "success" ? "success" : "failed");
  return (
    <Choice
      name="unstable"
      label="UNSTABLE counts as"
      description="Where the build did not report its result itself"
      value={counts}
      options={UNSTABLE}
      onChange={setCounts}
    />
  );
}
