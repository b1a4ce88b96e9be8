/** The parameters that are sent along: names, values, and the `${…}` that a value may hold. */
import { Button, TextInput } from "@mantine/core";
import { useRef, useState } from "react";
import form from "@/components/forms.module.css";
import { parameterProblem, parametersProblem, REFERENCES } from "./dependency-model";
import classes from "./projects.module.css";

interface Row {
  key: number;
  name: string;
  value: string;
}

export function ParameterFields({ parameters, error }: { parameters: Record<string, string>; error: unknown }) {
  const [rows, setRows] = useState<Row[]>(() =>
    Object.entries(parameters).map(([name, value], key) => ({ key, name, value })),
  );
  /** The value that was written in last: a click on a reference writes there. */
  const last = useRef<HTMLInputElement | null>(null);
  const next = 1 + Math.max(-1, ...rows.map((row) => row.key));
  const rename = (key: number, name: string) => setRows(rows.map((row) => (row.key === key ? { ...row, name } : row)));
  const names = rows.map((row) => row.name.trim());
  const together = parametersProblem(error, names);
  return (
    <fieldset className={classes.fieldset}>
      <legend>Parameters that are sent along</legend>
      {rows.map((row, i) => (
        <ParameterRow
          key={row.key}
          row={row}
          problem={parameterProblem(error, names[i] ?? "")}
          onRename={(name) => rename(row.key, name)}
          onValueFocus={(input) => {
            last.current = input;
          }}
          onRemove={() => setRows(rows.filter((one) => one.key !== row.key))}
        />
      ))}
      {together && (
        <p className={form.problem} role="alert">
          {together}
        </p>
      )}
      <div className={form.row}>
        <Button size="xs" variant="default" onClick={() => setRows([...rows, { key: next, name: "", value: "" }])}>
          Add a parameter
        </Button>
      </div>
      {rows.length > 0 && <References onPick={(text) => insert(last.current, text)} />}
    </fieldset>
  );
}

interface RowProps {
  row: Row;
  problem: { name?: string; value?: string };
  onRename(name: string): void;
  onValueFocus(input: HTMLInputElement): void;
  onRemove(): void;
}

function ParameterRow({ row, problem, onRename, onValueFocus, onRemove }: RowProps) {
  return (
    <div className={form.parameter}>
      <TextInput
        aria-label="Name of the parameter"
        placeholder="NAME"
        name="parameter.name"
        autoComplete="off"
        value={row.name}
        onChange={(event) => onRename(event.currentTarget.value)}
        error={problem.name}
      />
      <TextInput
        aria-label={`Value of ${row.name || "the parameter"}`}
        placeholder="${parent.commit}"
        name="parameter.value"
        autoComplete="off"
        defaultValue={row.value}
        onFocus={(event) => onValueFocus(event.currentTarget)}
        error={problem.value}
      />
      <Button
        size="compact-sm"
        variant="subtle"
        color="danger"
        aria-label={`Remove ${row.name || "the parameter"}`}
        onClick={onRemove}
      >
        Remove
      </Button>
    </div>
  );
}

function References({ onPick }: { onPick(text: string): void }) {
  return (
    <details>
      <summary>What a value may hold</summary>
      <p className={form.note}>
        A click writes it into the value that was edited last. What nobody reported is empty; {"$${"} is a plain {"${"}.
      </p>
      <ul className={classes.names}>
        {REFERENCES.map((name) => (
          <li key={name}>
            <button type="button" onClick={() => onPick(name)}>
              {name}
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}

function insert(input: HTMLInputElement | null, text: string): void {
  if (!input?.isConnected) return;
  input.setRangeText(text, input.selectionStart ?? input.value.length, input.selectionEnd ?? input.value.length, "end");
  input.focus();
}
