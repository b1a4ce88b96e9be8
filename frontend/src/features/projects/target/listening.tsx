/** Waits for the pipeline to be heard of: what came and was taken, and what came and was refused. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { Commit } from "@/components/commit";
import form from "@/components/forms.module.css";
import { StateText } from "@/components/state-badge";
import { Time } from "@/components/time";
import type { Project } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { asState } from "@/lib/states";
import { projectQuery } from "../api/get-project";
import { RefusedMeanwhile } from "../refused-reports";

/** The live feed tells of trees; of a report that opens none it says nothing. */
const LOOK_EVERY_MS = 1500;

interface Props {
  project: Project;
  /** When the report came that was the last one before; null if there was none. */
  before: string | null;
}

export function Listening({ project, before }: Props) {
  const isNew = (shown: Project | undefined) => (shown?.last_result?.at ?? null) !== before;
  const { data } = useQuery({
    ...projectQuery(project.name),
    refetchInterval: ({ state }) => (isNew(state.data) ? false : LOOK_EVERY_MS),
  });
  const last = isNew(data ?? project) ? (data ?? project).last_result : null;
  if (!last)
    return (
      <div>
        <p className={form.note} role="status">
          ◌ Waiting for the {before ? "next" : "first"} report…
        </p>
        <RefusedMeanwhile project={project} />
      </div>
    );
  return (
    <p role="status" className="in-text">
      ✓ Received <Time at={last.at} />: <StateText state={asState(last.status)} /> {last.branch}{" "}
      <Commit sha={last.commit} /> {last.tree_id && <Link to={paths.tree(last.tree_id)}>Open its tree</Link>}
    </p>
  );
}
