import { Copyable } from "@/components/copyable";
import own from "../projects.module.css";
import { reportCommand } from "../snippets";

/** A token that was just made, and the command that uses it. */
export function NewSecret({ token }: { token: string }) {
  return (
    <div className={own.stack} role="status">
      <div>
        <p>
          <strong>Copy it now: it is shown only this once.</strong>
        </p>
        <Copyable label="new token" text={token} />
      </div>
      <div>
        <p className={own.note}>The last step of the pipeline reports its success with it:</p>
        <Copyable label="report command" text={reportCommand(location.origin, token)} />
      </div>
    </div>
  );
}
