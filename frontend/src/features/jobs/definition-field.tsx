/** The text of a definition with what is wrong with it at its lines, and what it would run; checked while one types, as when it is
 * saved. */
import type { DefinitionCheck } from "@/lib/api/types";
import { useChecked } from "./api/check-definition";
import { CodeEditor, type Mistake } from "./code-editor";
import classes from "./jobs.module.css";
import { FORMAT_NAME, type Format } from "./templates";

interface Props {
  format: Format;
  text: string;
  readOnly?: boolean;
  onChange?(text: string): void;
}

export function DefinitionField({ format, text, readOnly, onChange }: Props) {
  const { data } = useChecked(format, text);
  return (
    <div>
      <CodeEditor
        label={`Definition: ${FORMAT_NAME[format]}`}
        value={text}
        mistakes={mistakesOf(data)}
        readOnly={readOnly}
        onChange={onChange}
      />
      <div role="status">{data?.valid && <Runs checked={data} />}</div>
    </div>
  );
}

function mistakesOf(checked: DefinitionCheck | undefined): Mistake[] {
  if (!checked) return [];
  return [...checked.problems, ...checked.warnings.map((one) => ({ ...one, mild: true }))];
}

/** What comes of it: stages in their order, and what a run is asked for. */
function Runs({ checked: { pipelines } }: { checked: DefinitionCheck }) {
  return (
    <ul className={classes.asks}>
      {pipelines.map(({ name, source, stages, parameters }) => (
        <li key={name}>
          Runs <strong>{name}</strong>: {source ?? stages.map((stage) => stage.name || "steps").join(", ")}
          {parameters.length > 0 && `; asks for ${parameters.map((one) => one.name).join(", ")}`}
        </li>
      ))}
    </ul>
  );
}
