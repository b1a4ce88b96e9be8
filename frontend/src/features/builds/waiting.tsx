/** Why no agent has taken a build yet. It changes with the agents, so it is asked for again when they do. */
import { Link } from "react-router";
import { Empty } from "@/components/empty";
import type { Build, Reason } from "@/lib/api/types";
import { useLiveLists } from "@/lib/live/use-live-lists";
import { paths } from "@/lib/paths";

const buildKeys = (): readonly string[] => ["build"];

export function Waiting({ build, reason }: { build: Build; reason: Reason }) {
  useLiveLists("agents", buildKeys);
  const before = build.reason ? `${build.reason.text}. ` : "";
  return (
    <Empty title={build.approval === "needed" ? "Waits for approval" : "Waits for an agent"}>
      {before}
      {reason.text[0]?.toUpperCase()}
      {reason.text.slice(1)}. <Link to={paths.agents()}>See the agents</Link>
    </Empty>
  );
}
