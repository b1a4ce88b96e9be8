/** The webhook of GitLab or GitHub itself, made by hand over there. Its secret is shown once. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { Copyable } from "@/components/copyable";
import { Dialog } from "@/components/dialog";
import { DialogActs } from "@/components/dialog-acts";
import form from "@/components/forms.module.css";
import { Section } from "@/components/page";
import { ProblemNote } from "@/components/problem-note";
import { Time } from "@/components/time";
import type { HookSecret, Project } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { useMakeHookSecret } from "../api/make-hook-secret";
import { secretOf } from "../target/target-model";
import own from "./settings.module.css";

export type Vendor = "gitlab" | "github";

interface Words {
  name: string;
  help: [page: string, anchor: string];
  /** Which fields of the vendor's form get what, in its order; `secret` and `url` stand for the values that are made, `events` for
   * what is to be told. */
  fields: readonly [field: string, value: string][];
  way: string;
}

const WORDS: Record<Vendor, Words> = {
  gitlab: {
    name: "GitLab",
    help: ["connect-gitlab", "4-let-gitlab-tell-how-pipelines-end"],
    way: "Settings → Webhooks → Add new webhook",
    fields: [
      ["URL", "url"],
      ["Secret token", "secret"],
      ["Trigger", "events"],
    ],
  },
  github: {
    name: "GitHub",
    help: ["connect-github", "5-the-webhook"],
    way: "Settings → Webhooks → Add webhook",
    fields: [
      ["Payload URL", "url"],
      ["Content type", "application/json"],
      ["Secret", "secret"],
      ["Events", "events"],
    ],
  },
};

/** What tells of pipelines that do not report. */
export function VendorHook({ project, vendor }: { project: Project; vendor: Vendor }) {
  const { name, help } = WORDS[vendor];
  const gitlab = vendor === "gitlab";
  return (
    <Section title={`Webhook of ${name}`} padded actions={<Link to={paths.help(...help)}>Step by step</Link>}>
      <div className={form.stack}>
        <p>
          With it {name} tells at once how a pipeline ended that does not report: one that was cancelled over there, or
          never got a runner. Only what is proven with its secret is believed.
        </p>
        <HandMadeHook
          project={project}
          vendor={vendor}
          known={secretOf(project.target, "hook_secret")}
          there={gitlab ? project.target.project : project.target.repository}
          events={gitlab ? "only Pipeline events" : "Let me select individual events → only Workflow runs"}
        />
      </div>
    </Section>
  );
}

interface HandMade {
  project: Project;
  vendor: Vendor;
  /** The secret that there is already. */
  known: { set_at: string | null } | undefined;
  /** The repository over there. */
  there: string | null;
  /** What the webhook is to tell, as one chooses it over there. */
  events: string;
}

/** Makes a secret, and shows it with all that is to be entered over there. */
export function HandMadeHook({ project, vendor, known, there, events }: HandMade) {
  const words = WORDS[vendor];
  const make = useMakeHookSecret(project.name);
  const [asking, setAsking] = useState(false);
  return (
    <>
      {known && !make.data && <p>Its secret was made {known.set_at ? <Time at={known.set_at} /> : "some time ago"}.</p>}
      <ProblemNote error={make.error} />
      {make.data ? (
        <Made made={make.data} words={words} there={there} events={events} />
      ) : (
        <div className={form.row}>
          <Button variant="default" loading={make.isPending} onClick={() => (known ? setAsking(true) : make.mutate())}>
            {known ? "Make a new secret…" : "Make its secret"}
          </Button>
        </div>
      )}
      {asking && (
        <Dialog opened onClose={() => setAsking(false)} title="Make a new secret?">
          <div className={form.dialog}>
            <p>
              The present one ends at once: {words.name}'s webhooks are refused until the new one is entered over there.
              What they would have told is asked for where there are credentials.
            </p>
            <DialogActs
              verb="Make a new secret"
              keep="Keep it"
              busy={make.isPending}
              onAct={() => {
                setAsking(false);
                make.mutate();
              }}
              onClose={() => setAsking(false)}
            />
          </div>
        </Dialog>
      )}
    </>
  );
}

interface MadeProps extends Pick<HandMade, "there" | "events"> {
  made: HookSecret;
  words: Words;
}

function Made({ made, words, there, events }: MadeProps) {
  return (
    <div role="status" className={form.stack}>
      <p>
        <strong>Copy it now: the secret is shown only this once.</strong>
      </p>
      <p>
        In {words.name}
        {there && (
          <>
            , <strong>{there}</strong>
          </>
        )}
        : {words.way}
      </p>
      <dl className={own.entered}>
        {words.fields.map(([field, value]) => (
          <div key={field}>
            <dt>{field}</dt>
            <dd>
              {value === "url" || value === "secret" ? (
                <Copyable label={value === "url" ? "webhook address" : "webhook secret"} text={made[value]} />
              ) : value === "events" ? (
                events
              ) : (
                value
              )}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
