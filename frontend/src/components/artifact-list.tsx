/** Artifacts with their size and digest; a click on the digest copies it. */
import { formatBytes } from "@/lib/bytes";
import { useCopy } from "@/lib/use-copy";
import classes from "./pairs.module.css";

export interface ArtifactLike {
  name: string;
  url?: string | null;
  sha256?: string | null;
  size?: number | null;
}

export function ArtifactList({ artifacts }: { artifacts: readonly ArtifactLike[] }) {
  if (!artifacts.length) return <p className="muted">none</p>;
  return (
    <ul className={classes.artifacts}>
      {artifacts.map((artifact) => (
        <Row key={`${artifact.name} ${artifact.url}`} artifact={artifact} />
      ))}
    </ul>
  );
}

function Row({ artifact: { name, url, sha256, size } }: { artifact: ArtifactLike }) {
  const { copied, copy } = useCopy();
  const safe = url && /^(https?:\/\/|\/\w)/i.test(url) ? url : null;
  return (
    <li className={classes.artifact}>
      {safe ? (
        <a href={safe} download={safe.startsWith("/") ? name : undefined} rel="noreferrer">
          {name}
        </a>
      ) : (
        <span>{name}</span>
      )}
      <span className="muted num">{size === null || size === undefined ? "" : formatBytes(size)}</span>
      {sha256 && (
        <button
          type="button"
          className={classes.digest}
          title={`Copy the sha256 ${sha256}`}
          onClick={() => copy(sha256)}
        >
          {copied ? "copied" : `sha256 ${sha256}`}
        </button>
      )}
    </li>
  );
}
