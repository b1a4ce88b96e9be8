/** Text to take along, with a button that copies it. */
import { useCopy } from "@/lib/use-copy";
import classes from "./commit.module.css";

interface Props {
  text: string;
  label: string;
  onCopy?(): void;
}

export function Copyable({ text, label, onCopy }: Props) {
  const { copied, copy } = useCopy();
  const take = () => {
    copy(text);
    onCopy?.();
  };
  return (
    <div className={classes.copy}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <section tabIndex={0} aria-label={label}>
        <pre>{text}</pre>
      </section>
      <button type="button" onClick={take} aria-label={`Copy ${label}`}>
        {copied ? "Copied" : "Copy"}
      </button>
    </div>
  );
}
