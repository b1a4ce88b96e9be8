/** The fields of each kind of CI system. */
import { Field, type Of, SecretField } from "./field";
import { GitHubFields } from "./github-fields";
import { JenkinsFields } from "./jenkins-fields";
import { useServer } from "./server-field";
import { type Kind, nameOf } from "./target-model";

export function KindFields({ kind, of }: { kind: Kind; of: Of }) {
  switch (kind) {
    case "agent":
      return <Agent of={of} />;
    case "jenkins":
      return <JenkinsFields of={of} />;
    case "gitlab":
      return <GitLab of={of} />;
    case "github":
      return <GitHubFields of={of} />;
    case "webhook":
      return <Webhook of={of} />;
  }
}

interface Props {
  of: Of;
}

function Agent({ of }: Props) {
  return (
    <>
      {of.target && (
        <Field
          of={of}
          name="job"
          label="Job"
          placeholder="folder/name"
          description="A job of this project, by its path: its events run that. Leave empty for what stands in the repository"
        />
      )}
      <Field
        of={of}
        name="pipeline"
        label="Pipeline"
        description="Leave empty for every pipeline in .factory/ whose filters match"
      />
      <Field
        of={of}
        name="labels"
        label="Labels"
        defaultValue={of.target?.labels.join(", ")}
        placeholder="linux, gpu"
        description="Only agents that have all of these build it; with commas between them. Leave empty for any agent"
      />
      <Field
        of={of}
        name="priority"
        label="Priority"
        type="number"
        min={-100}
        max={100}
        defaultValue={of.target?.priority || undefined}
        placeholder="0"
        description="Builds of higher ones are taken first, however long others have waited"
      />
    </>
  );
}

function GitLab({ of }: Props) {
  const { kept, field } = useServer("gitlab", of);
  return (
    <>
      {field("Address of GitLab", "Leave empty for gitlab.com", "https://gitlab.com")}
      <Field
        of={of}
        name="project"
        label="Project"
        required
        placeholder="group/name"
        description="Its path or its id in GitLab"
      />
      <SecretField
        of={of}
        kept={kept}
        name="token"
        label="Trigger token"
        description="Starts the pipelines. Made under Settings → CI/CD → Pipeline trigger tokens."
      />
      <SecretField
        of={of}
        kept={kept}
        name="api_token"
        label="API token"
        description="With the scope api: pipelines are followed without reporting, stopped, and commits get their status."
      />
    </>
  );
}

function Webhook({ of }: Props) {
  const { kept, field } = useServer("webhook", of);
  return (
    <>
      {field("Address", undefined, "https://ci.example/hooks/start")}
      <Field
        of={of}
        name="cancel_url"
        type="url"
        label="Address for cancellations"
        description="Leave empty if it cannot cancel: an event that is cancelled here then runs on over there"
      />
      <SecretField
        of={of}
        kept={kept}
        name="secret"
        label="Signing secret"
        description={`Requests to ${nameOf("webhook")} are signed with it (whsec_…).`}
      />
    </>
  );
}
