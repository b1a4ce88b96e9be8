/** The projects: found on the server by name, address, owner, CI system and last result. */
import { Button } from "@mantine/core";
import { useRef } from "react";
import { Link } from "react-router";
import { Crumbs } from "@/components/crumbs";
import { Empty } from "@/components/empty";
import form from "@/components/forms.module.css";
import { Loaded } from "@/components/loaded";
import { Page, Section } from "@/components/page";
import { itemsOf, More } from "@/components/rows-of-pages";
import { SelectBox } from "@/components/select-box";
import box from "@/components/select-box.module.css";
import { useOwners } from "@/lib/api/calls/get-owners";
import { useProjects } from "@/lib/api/calls/get-projects";
import type { Project } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { STATE_WORD } from "@/lib/states";
import { useKeys } from "@/lib/use-keys";
import { useTitle } from "@/lib/use-title";
import { useActivity } from "./api/get-activity";
import { ProjectRows } from "./project-rows";
import own from "./projects.module.css";
import { KINDS } from "./target/target-model";
import { RESULTS, useProjectsAddress } from "./use-projects-address";

export function ProjectsPage() {
  useTitle("Projects");
  const address = useProjectsAddress();
  const projects = useProjects(address.filter);
  const filtered = Object.keys(address.filter).length > 0;
  return (
    <Page
      title="Projects"
      actions={
        <>
          <Button component={Link} to={paths.owners()} variant="default">
            Owners
          </Button>
          <Button component={Link} to={paths.newProject()}>
            Connect a project
          </Button>
        </>
      }
    >
      <Crumbs items={[{ text: "Projects" }]} />
      <Section title="Newest first" actions={<FilterBar address={address} />}>
        <Loaded query={projects}>
          {(data) => {
            const items = itemsOf(data);
            if (!items.length) return <Nothing filtered={filtered} onClear={address.clear} />;
            return (
              <>
                <Listed projects={items} />
                <More query={projects} />
              </>
            );
          }}
        </Loaded>
      </Section>
    </Page>
  );
}

function Listed({ projects }: { projects: readonly Project[] }) {
  const activity = useActivity(projects.map((project) => project.id));
  return <ProjectRows projects={projects} activity={activity.data} />;
}

function FilterBar({ address: { filter, set, typed, setTyped } }: { address: ReturnType<typeof useProjectsAddress> }) {
  const input = useRef<HTMLInputElement>(null);
  useKeys({ "/": () => input.current?.focus() });
  const owners = useOwners().data?.items ?? [];
  return (
    <search className={form.filters}>
      <input
        ref={input}
        type="search"
        className={box.search}
        aria-label="Filter projects"
        placeholder="Name or repository  /"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <SelectBox
        label="Last result"
        value={filter.state ?? ""}
        onChange={(value) => set("state", value)}
        options={[["", "any result"], ...RESULTS.map((one): [string, string] => [one, STATE_WORD[one]])]}
      />
      <SelectBox
        label="CI system"
        value={filter.ci ?? ""}
        onChange={(value) => set("ci", value)}
        options={[["", "any CI"], ...KINDS.map(([kind, name]): [string, string] => [kind, name])]}
      />
      {(owners.length > 0 || filter.owner) && (
        <SelectBox
          label="Owner"
          value={filter.owner ?? ""}
          onChange={(value) => set("owner", value)}
          options={[["", "any owner"], ...ownersOf(owners, filter.owner)]}
        />
      )}
      <label className={own.starred}>
        <input
          type="checkbox"
          checked={filter.starred === true}
          onChange={(event) => set("starred", event.currentTarget.checked ? "1" : "")}
        />
        Starred
      </label>
    </search>
  );
}

/** By name; also the one that the address asks for, though it may not be known. */
function ownersOf(owners: readonly { name: string }[], asked: string | null | undefined): [string, string][] {
  const names = new Set(owners.map((owner) => owner.name));
  if (asked) names.add(asked);
  return [...names].map((name) => [name, name]);
}

function Nothing({ filtered, onClear }: { filtered: boolean; onClear(): void }) {
  if (!filtered) return <Empty title="No project yet">Connect a project, or load the demo from the home page.</Empty>;
  return (
    <Empty title="No project is like that">
      It may exist and not be visible to you.{" "}
      <Button size="compact-xs" variant="default" onClick={onClear}>
        Clear the filter
      </Button>
    </Empty>
  );
}
