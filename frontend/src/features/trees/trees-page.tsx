/** All event trees, newest first. */
import { useSearchParams } from "react-router";
import { Crumbs } from "@/components/crumbs";
import { Empty } from "@/components/empty";
import { Loaded } from "@/components/loaded";
import { Page, Section } from "@/components/page";
import { itemsOf, More } from "@/components/rows-of-pages";
import { SelectBox } from "@/components/select-box";
import { TreeRows } from "@/components/tree-rows";
import { type TreeState, useTrees } from "@/lib/api/calls/get-trees";
import { STATE_WORD } from "@/lib/states";
import { useTitle } from "@/lib/use-title";

const OFFERED: readonly TreeState[] = ["running", "success", "failed", "cancelled", "timed_out", "undeliverable"];

export function TreesPage() {
  useTitle("Trees");
  const [query, setQuery] = useSearchParams();
  const state = OFFERED.find((one) => one === query.get("state"));
  const project = query.get("project") ?? undefined;
  const branch = query.get("branch") ?? undefined;
  const commit = query.get("commit") ?? undefined;
  const trees = useTrees({ state, project, branch, commit });
  const filtered = Boolean(state || project || branch || commit);
  const choose = (value: string) =>
    setQuery((before) => {
      const after = new URLSearchParams(before);
      if (value) after.set("state", value);
      else after.delete("state");
      return after;
    });
  return (
    <Page title={titleOf(project, branch, commit)}>
      <Crumbs items={[{ text: "Trees" }]} />
      <Section
        title="Newest first"
        actions={
          <SelectBox
            label="State"
            value={state ?? ""}
            onChange={choose}
            options={[["", "any state"], ...OFFERED.map((one): [string, string] => [one, STATE_WORD[one]])]}
          />
        }
      >
        <Loaded query={trees}>
          {(data) => {
            const items = itemsOf(data);
            if (!items.length) return <Nothing filtered={filtered} />;
            return (
              <>
                <TreeRows trees={items} label="Event trees" />
                <More query={trees} />
              </>
            );
          }}
        </Loaded>
      </Section>
    </Page>
  );
}

function titleOf(project?: string, branch?: string, commit?: string): string {
  const whose = project ? ` of ${project}` : "";
  return `Trees${whose}${branch ? ` on ${branch}` : ""}${commit ? ` of commit ${commit.slice(0, 12)}` : ""}`;
}

function Nothing({ filtered }: { filtered: boolean }) {
  if (filtered) return <Empty title="No tree is like that" />;
  return <Empty title="No tree yet">A tree opens when a project reports a success that others depend on.</Empty>;
}
