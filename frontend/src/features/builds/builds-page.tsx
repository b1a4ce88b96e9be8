/** The builds of our own agents, newest first, by project, state and branch. */
import { Button, TextInput } from "@mantine/core";
import type { FormEvent } from "react";
import { useSearchParams } from "react-router";
import { BuildRows } from "@/components/build-rows";
import { Crumbs } from "@/components/crumbs";
import { Empty } from "@/components/empty";
import { Loaded } from "@/components/loaded";
import { Page, Section } from "@/components/page";
import { ProjectNames } from "@/components/project-names";
import { itemsOf, More } from "@/components/rows-of-pages";
import { SelectBox } from "@/components/select-box";
import { type BuildState, useBuilds } from "@/lib/api/calls/get-builds";
import { feedKeys, useLiveLists } from "@/lib/live/use-live-lists";
import { STATE_WORD } from "@/lib/states";
import { useTitle } from "@/lib/use-title";
import classes from "./builds-page.module.css";

const OFFERED: readonly BuildState[] = ["queued", "running", "success", "failed", "cancelled", "skipped", "timed_out"];

export function BuildsPage() {
  useTitle("Builds");
  useLiveLists("feed", feedKeys);
  const [query, setQuery] = useSearchParams();
  const project = query.get("project") ?? undefined;
  const branch = query.get("branch") ?? undefined;
  const state = OFFERED.find((one) => one === query.get("state"));
  const builds = useBuilds({ project, state, branch });
  const choose = (chosen: Record<string, string>) =>
    setQuery(
      (before) => {
        const after = new URLSearchParams(before);
        for (const [name, value] of Object.entries(chosen)) value ? after.set(name, value) : after.delete(name);
        return after;
      },
      { replace: true },
    );
  return (
    <Page title={project ? `Builds of ${project}` : "Builds"}>
      <Crumbs items={[{ text: "Builds" }]} />
      <Section
        title="Newest first"
        actions={
          <SelectBox
            label="State"
            value={state ?? ""}
            onChange={(value) => choose({ state: value })}
            options={[["", "any state"], ...OFFERED.map((one): [string, string] => [one, STATE_WORD[one]])]}
          />
        }
      >
        <Filters key={`${project} ${branch}`} project={project} branch={branch} onChoose={choose} />
        <Loaded query={builds}>
          {(data) => {
            const items = itemsOf(data);
            if (!items.length)
              return (
                <Nothing
                  filtered={Boolean(project || state || branch)}
                  onClear={() => setQuery({}, { replace: true })}
                />
              );
            return (
              <>
                <BuildRows builds={items} label="Builds" />
                <More query={builds} />
              </>
            );
          }}
        </Loaded>
      </Section>
    </Page>
  );
}

interface FilterProps {
  project: string | undefined;
  branch: string | undefined;
  onChoose(chosen: Record<string, string>): void;
}

function Filters({ project, branch, onChoose }: FilterProps) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? "").trim();
    onChoose({ project: text("project"), branch: text("branch") });
  };
  return (
    <form className={classes.filters} onSubmit={submit} aria-label="Which builds">
      <TextInput
        size="xs"
        label="Project"
        name="project"
        defaultValue={project}
        list="project-names"
        autoComplete="off"
      />
      <ProjectNames id="project-names" typed={project ?? ""} />
      <TextInput size="xs" label="Branch" name="branch" defaultValue={branch} autoComplete="off" />
      <Button size="xs" type="submit" variant="default">
        Show
      </Button>
    </form>
  );
}

function Nothing({ filtered, onClear }: { filtered: boolean; onClear(): void }) {
  if (!filtered)
    return (
      <Empty title="No build yet">
        Builds are started by a push, by an event of a tree, or with Run on a project's page.
      </Empty>
    );
  return (
    <Empty title="No build is like that">
      <p>There are none of this project, state and branch.</p>
      <Button size="xs" variant="default" onClick={onClear}>
        Show all builds
      </Button>
    </Empty>
  );
}
