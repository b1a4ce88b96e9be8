/** Text to take along, with a button that copies it. */
import { useCopy } from "@/lib/use-copy";
import classes from "./commit.module.css";

export function Copyable({ text, label }: { text: string; label: string }) {
  const { copied, copy } = useCopy();
  return (
    <div className={classes.copy}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <section tabIndex={0} aria-label={label}>
        <pre>{text}</pre>
      </section>
      <button type="button" onClick={() => copy(text)} aria-label={`Copy ${label}`}>
        {copied ? "Copied" : "Copy"}
      </button>
    </div>
  );
}
