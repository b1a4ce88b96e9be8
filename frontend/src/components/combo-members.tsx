/** What passed together: each project with its commit, which a click copies, its ref and what it made. */
import { Link } from "react-router";
import type { Combo, ComboMember } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import classes from "./combo-members.module.css";
import { Commit } from "./commit";

export function ComboMembers({ combo }: { combo: Combo }) {
  return (
    <>
      <ul className={classes.members} aria-label="Members">
        {combo.members.map((member) => (
          <Member key={`${member.sub_id} ${member.attempt}`} member={member} combo={combo} />
        ))}
      </ul>
      {combo.mixed && (
        <p className={classes.mixed}>
          A project is in here with more than one commit: it ran more than once in this tree, each time with other
          parents.
        </p>
      )}
    </>
  );
}

function Member({ member, combo }: { member: ComboMember; combo: Combo }) {
  const own = member.project.id === combo.project.id;
  return (
    <li className={classes.member}>
      <Link to={paths.project(member.project.name)} className={own ? classes.here : undefined}>
        {member.project.name}
      </Link>
      {member.commit ? <Commit sha={member.commit} /> : <span className="muted">no commit</span>}
      <span className={classes.rest} title={detailOf(member)}>
        {detailOf(member)}
      </span>
    </li>
  );
}

/** `main · app.pyz`: the ref, and the artifacts that belong to it. */
export function detailOf({ tag, branch, artifacts }: Pick<ComboMember, "tag" | "branch" | "artifacts">): string {
  return [tag ?? branch, ...artifacts.map((artifact) => artifact.name)].filter(Boolean).join(" · ");
}
