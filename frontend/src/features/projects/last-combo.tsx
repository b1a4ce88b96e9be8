import { Button } from "@mantine/core";
import { Link } from "react-router";
import { ComboMembers } from "@/components/combo-members";
import { Empty } from "@/components/empty";
import { Loaded } from "@/components/loaded";
import { LockFile } from "@/components/lock-file";
import { Section } from "@/components/page";
import { Time } from "@/components/time";
import type { Project } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { useLastCombo } from "./api/get-last-combo";
import classes from "./projects.module.css";

/** What passed together when the project last succeeded. */
export function LastCombo({ project }: { project: Project }) {
  const combo = useLastCombo(project.name);
  return (
    <Section
      title="Last successful combo"
      padded
      actions={
        combo.data && (
          <Button component={Link} to={paths.projectCombos(project.name)} size="xs" variant="default">
            Diff…
          </Button>
        )
      }
    >
      <Loaded query={combo} rows={3}>
        {(data) =>
          data ? (
            <>
              <p className={classes.when}>
                <Time at={data.at} />
                <Link to={paths.event(data.tree_id, data.sub_id)}>its event</Link>
              </p>
              <ComboMembers combo={data} />
              <LockFile combo={data.id} project={project.name} />
            </>
          ) : (
            <Empty title="No combo yet">The first success of {project.name} within a tree makes one.</Empty>
          )
        }
      </Loaded>
    </Section>
  );
}
