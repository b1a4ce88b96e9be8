/** What differs between two combos: only what changed, and how much did not. */
import { Button } from "@mantine/core";
import { type ReactNode, useMemo } from "react";
import { Link, useSearchParams } from "react-router";
import { detailOf } from "@/components/combo-members";
import { Commit } from "@/components/commit";
import { Crumbs } from "@/components/crumbs";
import { Empty } from "@/components/empty";
import { Loaded } from "@/components/loaded";
import { Page, Section } from "@/components/page";
import { Time } from "@/components/time";
import type { ComboComparison, ComboHead, ComboMember } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { useTitle } from "@/lib/use-title";
import { useComparison } from "./api/compare-combos";
import { useOutcome } from "./api/get-outcome";
import { ChangedRows } from "./changed-rows";
import classes from "./combos.module.css";
import { type Suspects, suspectsFirst, suspectsOf } from "./suspects";

export function ComparePage() {
  useTitle("Compare combos");
  const [query] = useSearchParams();
  const [a, b] = [query.get("a") ?? "", query.get("b") ?? ""];
  const comparison = useComparison(a, b);
  return (
    <Page
      title="Compare combos"
      actions={
        a && b ? (
          <Button component={Link} to={paths.compareCombos(b, a)} variant="default">
            Swap
          </Button>
        ) : undefined
      }
    >
      <Crumbs items={[{ text: "Combos", to: paths.combos() }, { text: "Compare" }]} />
      {a && b ? (
        <Loaded query={comparison}>{(data) => <Differences between={data} />}</Loaded>
      ) : (
        <Section title="Between">
          <Empty title="Which two?">
            Choose them from the <Link to={paths.combos()}>list of combos</Link>.
          </Empty>
        </Section>
      )}
    </Page>
  );
}

const NOBODY: Suspects = new Map();

function Differences({ between }: { between: ComboComparison }) {
  const { a, b, changed, added, removed, unchanged } = between;
  const outcome = useOutcome(b.tree_id);
  const suspects = useMemo(() => (outcome.data ? suspectsOf(outcome.data) : NOBODY), [outcome.data]);
  const same = changed.length + added.length + removed.length === 0;
  return (
    <>
      <Section title="Between" padded>
        <div className={classes.between}>
          <Side letter="From" head={a} />
          <Side letter="To" head={b} />
        </div>
      </Section>
      {same && <Empty title="They are the same">The same projects with the same commits and artifacts.</Empty>}
      {changed.length > 0 && (
        <Section title={`Changed (${changed.length})`}>
          <ChangedRows changed={suspectsFirst(changed, suspects)} suspects={suspects} />
        </Section>
      )}
      <OnlyIn title={`Only in the second (${added.length})`} members={added} />
      <OnlyIn title={`Only in the first (${removed.length})`} members={removed} />
      {unchanged > 0 && (
        <p className="muted">
          {unchanged} {unchanged === 1 ? "project is" : "projects are"} the same in both.
        </p>
      )}
    </>
  );
}

function Side({ letter, head }: { letter: string; head: ComboHead }): ReactNode {
  return (
    <div className={classes.side}>
      <span className={classes.letter}>{letter}</span>
      <Link to={paths.combo(head.id)}>
        <strong>Combo of {head.project.name}</strong>
      </Link>
      <span className="muted in-text">
        <Time at={head.at} /> ·{" "}
        <Link to={paths.event(head.tree_id, head.sub_id)}>
          event {head.sub_id}
          {head.attempt > 1 && `, attempt ${head.attempt}`}
        </Link>
      </span>
    </div>
  );
}

function OnlyIn({ title, members }: { title: string; members: readonly ComboMember[] }) {
  if (!members.length) return null;
  return (
    <Section title={title} padded>
      <ul className={`${classes.changes} in-text`}>
        {members.map((member) => (
          <li key={`${member.sub_id} ${member.attempt}`}>
            <Link to={paths.project(member.project.name)}>{member.project.name}</Link> <Commit sha={member.commit} />{" "}
            <span className="muted">{detailOf(member)}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
