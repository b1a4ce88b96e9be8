import classes from "./select-box.module.css";

interface Props {
  label: string;
  value: string;
  options: [value: string, text: string][];
  onChange(value: string): void;
}

/** A plain select with its label for screen readers only, for filters beside a heading. */
export function SelectBox({ label, value, options, onChange }: Props) {
  return (
    <select
      className={classes.select}
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    >
      {options.map(([option, text]) => (
        <option key={option} value={option}>
          {text}
        </option>
      ))}
    </select>
  );
}
