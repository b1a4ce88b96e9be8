/** What an agent runs now; of projects that the viewer may not see only that there is something. */
import { Link } from "react-router";
import type { Agent } from "@/lib/api/types";
import { paths } from "@/lib/paths";

export function AgentBuilds({ builds }: { builds: Agent["builds"] }) {
  if (!builds.length) return <span className="muted">–</span>;
  return builds.map((build, i) => (
    <span key={build.id ?? i}>
      {i > 0 && ", "}
      {build.id ? (
        <Link to={paths.build(build.id)}>
          {build.project} #{build.number}
        </Link>
      ) : (
        <span className="muted">a private project</span>
      )}
    </span>
  ));
}
