/** The graph of a build's stages, unless it was put away, or there is no room for it: the list beside the log says the same. */
import { useMediaQuery } from "@mantine/hooks";
import { type ComponentProps, useState } from "react";
import { recall, remember } from "@/lib/remembered";
import { StageGraph } from "./stage-graph";
import classes from "./stage-graph.module.css";

const HIDDEN_KEY = "dominoci-stages-hidden";

export function Stages(props: ComponentProps<typeof StageGraph>) {
  const narrow = useMediaQuery("(max-width: 767px)", window.innerWidth < 768, { getInitialValueInEffect: false });
  const [hidden, setHidden] = useState(() => recall(HIDDEN_KEY) === "1");
  if (narrow) return null;
  const toggle = () => {
    remember(HIDDEN_KEY, hidden ? "0" : "1");
    setHidden(!hidden);
  };
  return (
    <div className={classes.stages}>
      <button type="button" aria-expanded={!hidden} onClick={toggle}>
        {hidden ? "▸ Stages" : "▾ Stages"}
      </button>
      {!hidden && <StageGraph {...props} />}
    </div>
  );
}
