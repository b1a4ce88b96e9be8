/** All builds of our own agents, newest first. */
import { useSearchParams } from "react-router";
import { BuildRows } from "@/components/build-rows";
import { Crumbs } from "@/components/crumbs";
import { Empty } from "@/components/empty";
import { Loaded } from "@/components/loaded";
import { Page, Section } from "@/components/page";
import { itemsOf, More } from "@/components/rows-of-pages";
import { useBuilds } from "@/lib/api/calls/get-builds";
import { useTitle } from "@/lib/use-title";

export function BuildsPage() {
  useTitle("Builds");
  const [query] = useSearchParams();
  const project = query.get("project") ?? undefined;
  const builds = useBuilds({ project });
  return (
    <Page title={project ? `Builds of ${project}` : "Builds"}>
      <Crumbs items={[{ text: "Builds" }]} />
      <Section title="Newest first">
        <Loaded query={builds}>
          {(data) => {
            const items = itemsOf(data);
            if (!items.length)
              return (
                <Empty title="No build yet">
                  Builds are started by a push, by an event of a tree, or with Run on a project's page.
                </Empty>
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
