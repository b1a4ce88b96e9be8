/** What runs the pipeline: our own agents, or a CI system somewhere. Only the fields of the kind that is chosen are shown. */
import { useState } from "react";
import form from "@/components/forms.module.css";
import type { Target } from "@/lib/api/types";
import own from "./settings/settings.module.css";
import { KindFields } from "./target/kinds";
import { KINDS, type Kind } from "./target/target-model";

interface Props {
  /** What it is so far; absent for a new project. */
  target?: Target;
  /** What the server refused, by the name of a field. */
  problem(field: string): string | undefined;
}

export function TargetFields({ target, problem }: Props) {
  const [kind, setKind] = useState<Kind>(target?.kind ?? "agent");
  return (
    <>
      <div className={own.cards} role="radiogroup" aria-label="Kind">
        {KINDS.map(([value, name, does]) => (
          <label key={value} className={own.card}>
            <input
              type="radio"
              name="kind"
              value={value}
              checked={value === kind}
              onChange={() => setKind(value)}
              aria-label={name}
            />
            <strong>{name}</strong>
            <span>{does}</span>
          </label>
        ))}
      </div>
      {problem("target.kind") && <p className={form.problem}>{problem("target.kind")}</p>}
      <KindFields key={kind} kind={kind} of={{ target: target?.kind === kind ? target : undefined, problem }} />
    </>
  );
}
