/** What a project reported for others to build on; only what there is of it. */
import type { ReactNode } from "react";
import { type ArtifactLike, ArtifactList } from "@/components/artifact-list";
import { Pairs } from "@/components/pairs";
import classes from "./drawer.module.css";

interface Props {
  metadata: Record<string, unknown>;
  links: Record<string, unknown>;
  artifacts: readonly ArtifactLike[];
}

export function HandedOn({ metadata, links, artifacts }: Props) {
  const parts: [string, ReactNode][] = [];
  if (Object.values(metadata).some(Boolean)) parts.push(["Metadata", <Pairs key="metadata" of={metadata} />]);
  if (Object.values(links).some(Boolean)) parts.push(["Links", <Pairs key="links" of={links} />]);
  if (artifacts.length) parts.push(["Artifacts", <ArtifactList key="artifacts" artifacts={artifacts} />]);
  if (!parts.length) return <p className="muted">No metadata, links or artifacts were reported.</p>;
  return (
    <div className={classes.handed}>
      {parts.map(([name, part]) => (
        <div key={name}>
          <h4 className={classes.label}>{name}</h4>
          {part}
        </div>
      ))}
    </div>
  );
}
