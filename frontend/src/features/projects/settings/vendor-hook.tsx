/** The webhook of GitLab or GitHub itself: what tells of pipelines that do not report. Its secret is shown once. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { Copyable } from "@/components/copyable";
import { Dialog } from "@/components/dialog";
import { Section } from "@/components/page";
import { ProblemNote } from "@/components/problem-note";
import { Time } from "@/components/time";
import type { HookSecret, Project } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { useMakeHookSecret } from "../api/make-hook-secret";
import classes from "../projects.module.css";
import { secretOf } from "../target/target-model";
import own from "./settings.module.css";

type Vendor = "gitlab" | "github";

interface Words {
  name: string;
  help: [page: string, anchor: string];
  /** Which fields of the vendor's form get what, in its order; `secret` and `url` stand for the values that are made. */
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
      ["Trigger", "only Pipeline events"],
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
      ["Events", "Let me select individual events → only Workflow runs"],
    ],
  },
};

export function VendorHook({ project, vendor }: { project: Project; vendor: Vendor }) {
  const words = WORDS[vendor];
  const make = useMakeHookSecret(project.name);
  const [asking, setAsking] = useState(false);
  const known = secretOf(project.target, "hook_secret");
  const there = vendor === "gitlab" ? project.target.project : project.target.repository;
  return (
    <Section
      title={`Webhook of ${words.name}`}
      padded
      actions={<Link to={paths.help(...words.help)}>Step by step</Link>}
    >
      <div className={classes.stack}>
        <p>
          With it {words.name} tells at once how a pipeline ended that does not report: one that was cancelled over
          there, or never got a runner. Only what is proven with its secret is believed.
        </p>
        {known && !make.data && (
          <p>Its secret was made {known.set_at ? <Time at={known.set_at} /> : "some time ago"}.</p>
        )}
        <ProblemNote error={make.error} />
        {make.data ? (
          <Made made={make.data} words={words} there={there} />
        ) : (
          <div className={classes.row}>
            <Button
              variant="default"
              loading={make.isPending}
              onClick={() => (known ? setAsking(true) : make.mutate())}
            >
              {known ? "Make a new secret…" : "Make its secret"}
            </Button>
          </div>
        )}
      </div>
      {asking && (
        <Dialog opened onClose={() => setAsking(false)} title="Make a new secret?">
          <div className={classes.dialog}>
            <p>
              The present one ends at once: {words.name}'s webhooks are refused until the new one is entered over there.
              What they would have told is asked for where the target has credentials.
            </p>
            <div className={classes.row}>
              <Button
                onClick={() => {
                  setAsking(false);
                  make.mutate();
                }}
              >
                Make a new secret
              </Button>
              <Button variant="default" onClick={() => setAsking(false)}>
                Keep it
              </Button>
            </div>
          </div>
        </Dialog>
      )}
    </Section>
  );
}

function Made({ made, words, there }: { made: HookSecret; words: Words; there: string | null }) {
  return (
    <div role="status" className={classes.stack}>
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
