import type { Mark } from "./marks";
import classes from "./marks-view.module.css";

/** The marks of an event, as small words. */
export function Marks({ marks }: { marks: readonly Mark[] }) {
  return marks.map((mark) => (
    <span key={mark.text} className={classes.mark} title={mark.title} data-mark={mark.text.split(" ").at(-1)}>
      {mark.text}
    </span>
  ));
}
