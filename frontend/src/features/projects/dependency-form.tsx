/** The rules of a dependency. What the server refuses stands beside its field; a cycle is shown as the path that it would close. */
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, type ReactNode, useRef, useState } from "react";
import form from "@/components/forms.module.css";
import { ProblemNote } from "@/components/problem-note";
import { asApiError } from "@/lib/api/problem";
import { FILTERED, isGeneral, type Rules, refused, rulesOf } from "./dependency-model";
import { FilterEffect } from "./filter-effect";
import { ParameterFields } from "./parameter-fields";
import classes from "./projects.module.css";

interface Props {
  action: string;
  /** What they are so far; absent for a new dependency. */
  rules?: Rules;
  saving: { error: unknown; isPending: boolean };
  /** The default branch of the project that is set off. */
  branch: string;
  /** The two ends; the upstream is empty as long as it is not known. */
  upstream: string;
  downstream: string;
  /** What is said, and offered, instead of a refusal that another has to lift. */
  refusal?: ReactNode;
  onSave(form: FormData): void;
  children?: ReactNode;
}

export function DependencyForm(props: Props) {
  const { action, rules, saving, branch, upstream, downstream, refusal, onSave, children } = props;
  const { error, isPending } = saving;
  const typed = useRef<HTMLFormElement>(null);
  const [filters, setFilters] = useState<Rules["filters"]>(rules?.filters ?? rulesOf(new FormData()).filters);
  const look = () => {
    if (!typed.current) return;
    const now = rulesOf(new FormData(typed.current)).filters;
    // what is typed elsewhere in the form does not draw it anew
    setFilters((before) => (JSON.stringify(before) === JSON.stringify(now) ? before : now));
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    onSave(new FormData(event.currentTarget));
  };
  return (
    <form ref={typed} className={form.dialog} onSubmit={submit} onChange={look}>
      {refusal || (error !== null && isGeneral(error) && <Refusal error={error} />)}
      {children}
      <div className={form.two}>
        <NativeSelect
          label="With several parents in one tree"
          name="join"
          defaultValue={rules?.join ?? "all"}
          data={[
            { value: "all", label: "once, after all of them" },
            { value: "each", label: "once after each" },
          ]}
          error={refused(error, "join")}
        />
        <RefFields error={error} rule={rules?.ref} branch={branch} />
      </div>
      <FilterFields error={error} filters={rules?.filters} />
      <FilterEffect upstream={upstream} downstream={downstream} filters={filters} />
      <ParameterFields error={error} parameters={rules?.parameters ?? {}} />
      <div className={form.row}>
        <Button type="submit" loading={isPending}>
          {action}
        </Button>
      </div>
    </form>
  );
}

function RefFields({ branch, rule, error }: { branch: string; rule: Rules["ref"] | undefined; error: unknown }) {
  const [use, setUse] = useState<string>(rule?.use ?? "default");
  const problem = refused(error, "ref");
  return (
    <>
      <NativeSelect
        label="Which ref is built"
        name="ref"
        value={use}
        onChange={(event) => setUse(event.currentTarget.value)}
        data={[
          { value: "default", label: `the default branch, ${branch}` },
          { value: "same", label: "the upstream's branch, if it exists" },
          { value: "fixed", label: "always this one:" },
        ]}
        error={use === "fixed" ? undefined : problem}
      />
      {use === "fixed" && (
        <TextInput label="Ref" name="ref_value" required defaultValue={rule?.value ?? ""} error={problem} />
      )}
    </>
  );
}

function FilterFields({ filters, error }: { filters: Rules["filters"] | undefined; error: unknown }) {
  return (
    <fieldset className={classes.fieldset}>
      <legend>Filters</legend>
      <p className={form.note}>Globs, separated by commas. Without any, everything passes.</p>
      <div className={form.two}>
        {FILTERED.flatMap((kind) =>
          (["include", "exclude"] as const).map((side) => (
            <TextInput
              key={`${kind}.${side}`}
              label={`${side === "include" ? "Only" : "Not"} ${kind}`}
              name={`${kind}.${side}`}
              defaultValue={filters?.[kind][side].join(", ")}
              error={refused(error, `filters.${kind}.${side}`)}
            />
          )),
        )}
      </div>
    </fieldset>
  );
}

function Refusal({ error }: { error: unknown }) {
  const { cycle } = asApiError(error);
  if (!cycle) return <ProblemNote error={error} />;
  return (
    <div className={classes.alert} role="alert">
      This would close a cycle: each would wait for the other.
      <ol className={classes.chips} aria-label="The cycle">
        {cycle.map((name, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the first name comes again at the end, and the list never moves
          <li key={i}>
            <span className={classes.chip}>{name}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
