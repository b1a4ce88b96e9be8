/** The choice of what a definition begins with. */
import form from "@/components/forms.module.css";
import classes from "./jobs.module.css";
import { TEMPLATES, type Template } from "./templates";

interface Props {
  chosen: Template["key"];
  /** Also the file in the repository. */
  repository?: boolean;
  onChoose(template: Template): void;
}

export function TemplateCards({ chosen, repository = false, onChoose }: Props) {
  const offered = TEMPLATES.filter((one) => repository || one.key !== "repository");
  return (
    <fieldset className={classes.cards}>
      <legend>What it runs</legend>
      {offered.map((template) => (
        <label key={template.key} className={form.choice}>
          <input
            type="radio"
            name="template"
            value={template.key}
            checked={template.key === chosen}
            onChange={() => onChoose(template)}
          />
          <strong>{template.name}</strong>
          <span>{template.says}</span>
        </label>
      ))}
    </fieldset>
  );
}
