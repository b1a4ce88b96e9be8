/** A commit as its first seven digits; a click copies all of it. */
import { useCopy } from "@/lib/use-copy";
import classes from "./commit.module.css";

export function Commit({ sha }: { sha: string | null | undefined }) {
  const { copied, copy } = useCopy();
  if (!sha) return null;
  return (
    <button type="button" className={classes.sha} title={`${sha} (click to copy)`} onClick={() => copy(sha)}>
      {copied ? "copied" : sha.slice(0, 7)}
    </button>
  );
}
