/** The webhook of the project's repository: made with the access that the project has, or by hand, and what it told. */
import { Button } from "@mantine/core";
import { Link } from "react-router";
import form from "@/components/forms.module.css";
import { Loaded } from "@/components/loaded";
import { Section } from "@/components/page";
import { ProblemNote } from "@/components/problem-note";
import { StateIcon } from "@/components/state-icon";
import { Time } from "@/components/time";
import type { RepositoryHook as Hook, Project } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { useMakeRepositoryHook, useRepositoryHook } from "../api/repository-hook";
import { HookDeliveries } from "./hook-deliveries";
import { HandMadeHook, type Vendor } from "./vendor-hook";

const EVENTS: Record<Vendor, string> = {
  github: "Let me select individual events → Pushes, Pull requests",
  gitlab: "Push events, Tag push events, Merge request events",
};

export function RepositoryHook({ project }: { project: Project }) {
  const hook = useRepositoryHook(project.name);
  const kind = hook.data?.kind;
  return (
    <>
      <Section title="Webhook of the repository" padded actions={<Link to={paths.help("hooks")}>What it does</Link>}>
        <Loaded query={hook} rows={3}>
          {(data) =>
            data.kind ? (
              <Known project={project} hook={data} vendor={data.kind} />
            ) : (
              <p className="muted">
                Only GitHub and GitLab tell of pushes and pull requests by a webhook. For a repository elsewhere, give a
                job a trigger that polls it.
              </p>
            )
          }
        </Loaded>
      </Section>
      {kind && <HookDeliveries project={project} />}
    </>
  );
}

interface KnownProps {
  project: Project;
  hook: Hook;
  vendor: Vendor;
}

function Known({ project, hook, vendor }: KnownProps) {
  const make = useMakeRepositoryHook(project.name);
  const name = vendor === "github" ? "GitHub" : "GitLab";
  return (
    <div className={form.stack}>
      <p>
        With it {name} tells of every push and pull request, so that builds start within seconds. Only what is proven
        with its secret is believed.
      </p>
      <p role="status">
        <Standing hook={hook} name={name} />
      </p>
      <ProblemNote error={make.error} />
      {hook.may_make ? (
        <div className={form.row}>
          <Button
            variant={hook.state === "made" ? "default" : "filled"}
            loading={make.isPending || hook.state === "wanted"}
            onClick={() => make.mutate()}
          >
            {hook.state === "made" ? "Make it anew" : "Make the webhook"}
          </Button>
        </div>
      ) : (
        <p className={form.note}>
          With an access above that may change webhooks, it is made from here. Without one, make it by hand:
        </p>
      )}
      {!hook.may_make && (
        <HandMadeHook
          project={project}
          vendor={vendor}
          known={hook.secret_set_at ? { set_at: hook.secret_set_at } : undefined}
          there={null}
          events={EVENTS[vendor]}
        />
      )}
    </div>
  );
}

function Standing({ hook: { state, text, made_at, looked_at }, name }: { hook: Hook; name: string }) {
  switch (state) {
    case "wanted":
      return (
        <span className={form.standing}>
          <StateIcon state="running" /> It is being made. {text}
        </span>
      );
    case "failed":
      return (
        <span className={form.standing}>
          <StateIcon state="failed" /> It could not be made: {text}
        </span>
      );
    case "made":
      return (
        <span className={form.standing}>
          <StateIcon state="success" /> Made <Time at={made_at} />.{" "}
          {looked_at && (
            <span className="muted">
              {name} was last asked what did not arrive <Time at={looked_at} />.
            </span>
          )}
        </span>
      );
    default:
      return <span className="muted">It was not made from here.</span>;
  }
}
