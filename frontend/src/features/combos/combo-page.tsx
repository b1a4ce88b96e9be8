/** One combo: its members, its lock file, and where it passed. */
import { Link, useParams } from "react-router";
import { ComboMembers } from "@/components/combo-members";
import { Crumbs } from "@/components/crumbs";
import { Loaded } from "@/components/loaded";
import { LockFile } from "@/components/lock-file";
import { Page, Section } from "@/components/page";
import { Time } from "@/components/time";
import type { Combo } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { useTitle } from "@/lib/use-title";
import { useCombo } from "./api/get-combo";
import classes from "./combos.module.css";

export function ComboPage() {
  const { combo = "" } = useParams();
  return <Loaded query={useCombo(combo)}>{(data) => <Content combo={data} />}</Loaded>;
}

function Content({ combo }: { combo: Combo }) {
  const { name } = combo.project;
  useTitle(`Combo of ${name}`);
  return (
    <Page title={`Combo of ${name}`}>
      <Crumbs
        items={[
          { text: name, to: paths.project(name) },
          { text: "Combos", to: paths.projectCombos(name) },
          { text: combo.members.find((member) => member.sub_id === combo.sub_id)?.commit?.slice(0, 7) ?? combo.sub_id },
        ]}
      />
      <Section title={`${combo.members.length} passed together`} padded>
        <p className={classes.facts}>
          <Time at={combo.at} />
          <Link to={paths.event(combo.tree_id, combo.sub_id)}>Event {combo.sub_id} of its tree</Link>
          {combo.attempt > 1 && <span>attempt {combo.attempt}</span>}
        </p>
        <ComboMembers combo={combo} />
        <LockFile combo={combo.id} project={name} />
      </Section>
    </Page>
  );
}
