/** The combos of a project, or of all: which there are, which hold a commit, and which two to compare. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { Link, useParams } from "react-router";
import { type Crumb, Crumbs } from "@/components/crumbs";
import { Empty } from "@/components/empty";
import { Loaded } from "@/components/loaded";
import { Page, Section } from "@/components/page";
import { itemsOf, More } from "@/components/rows-of-pages";
import type { ComboSummary } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { useTitle } from "@/lib/use-title";
import { useCombos } from "./api/get-combos";
import { type Choice, choiceOf } from "./choice";
import { ComboRows } from "./combo-rows";
import { CommitFilter, useCommit } from "./commit-filter";

export function CombosPage() {
  const { project } = useParams();
  const { commit, setCommit } = useCommit();
  useTitle(project ? `Combos of ${project}` : "Combos");
  const combos = useCombos({ ...(project ? { project } : {}), ...(commit ? { commit } : {}) });
  const crumbs: Crumb[] = project
    ? [{ text: "Projects", to: paths.projects() }, { text: project, to: paths.project(project) }, { text: "Combos" }]
    : [{ text: "Combos" }];
  return (
    <Page title={project ? `Combos of ${project}` : "Combos"}>
      <Crumbs items={crumbs} />
      <Loaded query={combos}>
        {(data) => {
          const items = itemsOf(data);
          return (
            <List combos={items} filter={<CommitFilter commit={commit} onCommit={setCommit} />}>
              {items.length === 0 && <Nothing project={project} commit={commit} more={combos.hasNextPage} />}
              <More query={combos} />
            </List>
          );
        }}
      </Loaded>
    </Page>
  );
}

interface ListProps {
  combos: ComboSummary[];
  filter: React.ReactNode;
  children: React.ReactNode;
}

function List({ combos, filter, children }: ListProps) {
  const [picked, setPicked] = useState<Partial<Choice>>({});
  const choice = choiceOf(combos, picked);
  return (
    <Section
      title="Newest first"
      actions={
        <>
          {filter}
          {choice && choice.old !== choice.new && (
            <Button component={Link} to={paths.compareCombos(choice.old, choice.new)} size="xs" variant="default">
              Compare the two
            </Button>
          )}
        </>
      }
    >
      {combos.length > 0 && (
        <ComboRows combos={combos} choice={choice} onPick={(side, id) => setPicked({ ...picked, [side]: id })} />
      )}
      {children}
    </Section>
  );
}

function Nothing({ project, commit, more }: { project: string | undefined; commit: string; more: boolean }) {
  if (commit)
    return (
      <Empty title={more ? `Not yet found: ${commit}` : `No combo holds ${commit}`}>
        {more
          ? "The newest trees with this commit have no combo here; older ones may."
          : "Nothing that has this commit, or was made from it, has succeeded yet. The first digits are enough; check them."}
      </Empty>
    );
  return (
    <Empty title="No combo yet">
      A combo is made by each success within a tree{project ? ` of ${project}` : ""}: the commits that passed together.
    </Empty>
  );
}
