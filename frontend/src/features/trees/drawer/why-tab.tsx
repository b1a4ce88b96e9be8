import { Link } from "react-router";
import { Loaded } from "@/components/loaded";
import { Time } from "@/components/time";
import type { EventDetail, Why } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { asState } from "@/lib/states";
import { useWhy } from "../api/get-why";
import { type Fact, nextStep, sortFacts } from "../why-model";
import classes from "./drawer.module.css";

interface Props {
  tree: string;
  event: EventDetail;
  search: string;
}

/** One sentence, what to do about it, then the facts that led to it, oldest first. */
export function WhyTab({ tree, event, search }: Props) {
  return (
    <Loaded query={useWhy(tree, event.sub_id)} rows={3}>
      {(why) => {
        const { present, others } = sortFacts(why);
        return (
          <>
            <div className={classes.sentence} data-state={asState(why.state)}>
              <p>{why.sentence}</p>
              {present && <FactLine fact={present} />}
              {why.root && <RootCause tree={tree} root={why.root} search={search} />}
            </div>
            <NextStep tree={tree} event={event} search={search} />
            {others.length > 0 && (
              <>
                <h3 className={classes.sub}>How it came to this</h3>
                <ol className={classes.steps}>
                  {others.map((fact) => (
                    <li key={`${fact.at} ${fact.code} ${fact.text}`}>
                      <span>{fact.text}</span>
                      <FactLine fact={fact} />
                    </li>
                  ))}
                </ol>
              </>
            )}
          </>
        );
      }}
    </Loaded>
  );
}

function FactLine({ fact }: { fact: Fact }) {
  return (
    <span className={classes.fact}>
      <Time at={fact.at} /> <code>{fact.code}</code>
    </span>
  );
}

function RootCause({ tree, root, search }: { tree: string; root: NonNullable<Why["root"]>; search: string }) {
  return (
    <p>
      Root cause:{" "}
      <Link to={paths.event(tree, root.sub_id) + search}>
        {root.project || "a private project"} ({root.sub_id})
      </Link>
    </p>
  );
}

function NextStep({ tree, event, search }: Props) {
  const step = nextStep(event);
  if (!step) return null;
  return (
    <p className={classes.next}>
      <strong>Next: </strong>
      {step.text}{" "}
      {step.look === "deliveries" && (
        <Link to={paths.event(tree, event.sub_id, "deliveries") + search}>See what was answered</Link>
      )}
      {step.look === "project" && event.project?.name && (
        <Link to={paths.project(event.project.name)}>Open {event.project.name}</Link>
      )}
    </p>
  );
}
