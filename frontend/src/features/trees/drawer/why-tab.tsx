import { Loaded } from "@/components/loaded";
import { Time } from "@/components/time";
import { asState } from "@/lib/states";
import { useWhy } from "../api/get-why";
import classes from "./drawer.module.css";

/** One sentence, then the facts it stands on, newest last. */
export function WhyTab({ tree, sub }: { tree: string; sub: string }) {
  return (
    <Loaded query={useWhy(tree, sub)} rows={3}>
      {(why) => (
        <>
          <p className={classes.sentence} data-state={asState(why.state)}>
            {why.sentence}
          </p>
          <ol className={classes.list}>
            {why.facts.map((fact) => (
              <li key={`${fact.at} ${fact.code} ${fact.text}`} className={classes.fact}>
                <code>{fact.code}</code>
                <span className="muted">
                  <Time at={fact.at} />
                </span>
                <span>{fact.text}</span>
              </li>
            ))}
          </ol>
        </>
      )}
    </Loaded>
  );
}
