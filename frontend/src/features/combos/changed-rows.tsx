import { Link } from "react-router";
import { Commit } from "@/components/commit";
import { DataTable } from "@/components/data-table";
import { StateIcon } from "@/components/state-icon";
import classes from "@/components/table.module.css";
import type { ComboComparison } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import own from "./combos.module.css";
import { type Suspects, suspicionText } from "./suspects";

type Change = ComboComparison["changed"][number];

interface Props {
  changed: readonly Change[];
  suspects: Suspects;
}

/** The projects that are in both, but not the same: old commit, new commit, which artifacts differ, and what points at them. */
export function ChangedRows({ changed, suspects }: Props) {
  return (
    <DataTable label="Changed projects" columns={["Project", "Commits", "Artifacts"]}>
      {changed.map((change) => (
        <tr key={change.project.id}>
          <td className={classes.nowrap}>
            <Link to={paths.project(change.project.name)}>
              <strong>{change.project.name}</strong>
            </Link>
            <Suspicion name={change.project.name} failed={suspects.get(change.project.name)} />
          </td>
          <td className={`${own.commits} in-text`}>
            <Commits change={change} />
          </td>
          <td className={classes.wide}>
            <ArtifactChanges change={change} />
          </td>
        </tr>
      ))}
    </DataTable>
  );
}

function Suspicion({ name, failed }: { name: string; failed: readonly string[] | undefined }) {
  if (!failed) return null;
  return (
    <span className={own.suspect}>
      <StateIcon state="failed" /> suspect: {suspicionText(name, failed)}
    </span>
  );
}

function Commits({ change: { old, new: now, compare_url: url } }: { change: Change }) {
  if (old === now) return <span className="muted">the same</span>;
  return (
    <>
      {old ? <Commit sha={old} /> : "unknown"} → {now ? <Commit sha={now} /> : "unknown"}{" "}
      {url && /^https?:\/\//i.test(url) && (
        <a href={url} target="_blank" rel="noreferrer">
          what changed ↗
        </a>
      )}
    </>
  );
}

const MARK = { added: "+", removed: "−", changed: "~" } as const;

function ArtifactChanges({ change: { artifacts } }: { change: Change }) {
  if (!artifacts.length) return <span className="muted">the same</span>;
  return (
    <ul className={own.changes}>
      {artifacts.map(({ name, change, old_sha256, new_sha256 }) => (
        <li key={name} title={`sha256 ${old_sha256 ?? "none"} → ${new_sha256 ?? "none"}`}>
          <span aria-hidden="true">{MARK[change]}</span> {name} <span className="muted">{change}</span>
        </li>
      ))}
    </ul>
  );
}
