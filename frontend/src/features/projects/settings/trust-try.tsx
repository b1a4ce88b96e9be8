/** Pasting a job's token: whether it would be accepted, and for each rule which claim fails. */
import { Button } from "@mantine/core";
import type { FormEvent } from "react";
import form from "@/components/forms.module.css";
import { LinesField } from "@/components/lines-field";
import { Section } from "@/components/page";
import { ProblemNote } from "@/components/problem-note";
import { StateIcon } from "@/components/state-icon";
import type { Project, TrustTried } from "@/lib/api/types";
import { useTryTrust } from "../api/trust";
import classes from "../projects.module.css";
import own from "./settings.module.css";

export function TryToken({ project }: { project: Project }) {
  const attempt = useTryTrust(project.name);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const token = String(new FormData(event.currentTarget).get("token") ?? "").replace(/\s/g, "");
    if (token) attempt.mutate(token);
  };
  return (
    <Section title="Try a token" padded>
      <form className={classes.form} onSubmit={submit}>
        <LinesField
          label="Token of a job"
          name="token"
          maxLength={32_000}
          description="It begins with eyJ. It is looked at and neither kept, logged nor used up"
        />
        <ProblemNote error={attempt.error} fields />
        <div className={form.row}>
          <Button type="submit" variant="default" loading={attempt.isPending}>
            Try it
          </Button>
        </div>
        {attempt.data && <Tried tried={attempt.data} />}
      </form>
    </Section>
  );
}

function Tried({ tried: { accepted, fault, rules, claims } }: { tried: TrustTried }) {
  const told = Object.entries(claims);
  return (
    <div role="status" className={form.stack}>
      <p>
        <strong>{accepted ? "✓ It would be accepted" : "✕ It would be refused"}</strong>
        {fault && `: ${fault.replace(/\.$/, "")}`}
        {!fault && !accepted && ": no rule fits it"}.
      </p>
      <ul className={own.steps} aria-label="Rules">
        {rules.map(({ id, subject, holds, fails }) => (
          <li key={id} className={own.step}>
            <StateIcon state={holds ? "success" : "failed"} />
            <span>
              <span className="mono">{subject}</span> {holds ? "fits" : "does not fit"}
              {fails.map(({ claim, wanted, found }) => (
                <span key={claim} className={own.fix}>
                  → <span className="mono">{claim}</span> must be <span className="mono">{wanted}</span>,{" "}
                  {found === null ? (
                    "and is not there"
                  ) : (
                    <>
                      and is <span className="mono">{found}</span>
                    </>
                  )}
                </span>
              ))}
            </span>
            <span />
          </li>
        ))}
      </ul>
      {told.length > 0 && (
        <details>
          <summary>What the token says of itself</summary>
          <dl className={own.claims}>
            {told.map(([name, value]) => (
              <div key={name}>
                <dt className="mono">{name}</dt>
                <dd className="mono">{value}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </div>
  );
}
