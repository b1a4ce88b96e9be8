/** What was refused of something that was sent, above the form or beside the button; what was typed stays where it is. */
import { adviceOf, fieldTexts } from "@/lib/api/advice";
import { asApiError } from "@/lib/api/problem";
import classes from "./panels.module.css";
import { useWait } from "./wait";

interface Props {
  error: unknown;
  /** Whether messages by field are listed too: where they do not stand beside their fields. */
  fields?: boolean;
}

export function ProblemNote({ error, fields = false }: Props) {
  const refusal = error ? asApiError(error) : null;
  const wait = useWait(refusal?.retryAt ?? null);
  if (!refusal) return null;
  const { title, text, next } = adviceOf(refusal);
  const own = refusal.status === 401 || refusal.unreachable;
  return (
    <div className={classes.problem} role="alert">
      <p>
        <strong>{title}.</strong> {text}{" "}
        {wait > 0 ? `Try again in ${wait} s.` : own && "Then try again: nothing typed is lost."}
      </p>
      {!own && next && refusal.status !== 409 && <p>{next}</p>}
      {fields && fieldTexts(refusal).map((one) => <p key={one}>{one}</p>)}
      {refusal.status >= 500 && refusal.requestId && <p className="mono">request {refusal.requestId}</p>}
    </div>
  );
}
