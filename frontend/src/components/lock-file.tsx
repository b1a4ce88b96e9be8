/** A combo's lock file to take along: as JSON, as shell variables, or as the command that fetches it. */
import { paths } from "@/lib/paths";
import { useCopy } from "@/lib/use-copy";
import classes from "./combo-members.module.css";

export function LockFile({ combo, project }: { combo: string; project: string }) {
  const { copied, copy } = useCopy();
  const json = paths.comboLock(combo, "json");
  return (
    <p className={classes.lock}>
      <span className="muted">Lock file</span>
      <a href={json} download={`${project}.lock.json`}>
        JSON
      </a>
      <a href={paths.comboLock(combo, "dotenv")} download={`${project}.lock.env`}>
        .env
      </a>
      <button type="button" onClick={() => copy(curl(location.origin + json))}>
        {copied ? "Copied" : "Copy as curl"}
      </button>
    </p>
  );
}

const curl = (url: string) => `curl --fail --header "Authorization: Bearer $DOMINOCI_TOKEN" '${url}'`;
