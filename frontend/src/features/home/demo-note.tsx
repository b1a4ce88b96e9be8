import { Button } from "@mantine/core";
import { useState } from "react";
import { Copyable } from "@/components/copyable";
import { Section } from "@/components/page";
import { Removal } from "@/components/removal";
import { useDemo } from "./api/get-demo";
import { useRemoveDemo } from "./api/remove-demo";
import classes from "./home.module.css";

/** How to set the demo's tree falling again, and how to be rid of it. */
export function DemoNote() {
  const demo = useDemo().data;
  const remove = useRemoveDemo();
  const [asking, setAsking] = useState(false);
  if (!demo?.loaded) return null;
  return (
    <Section title="Demo" padded>
      <div className={classes.stack}>
        <p className="muted">Seven small repositories. Change the first and push, and watch the row fall:</p>
        <Copyable label="commands that push a change" text={demo.change.join("\n")} />
        <p className="muted">And one that ui does not survive:</p>
        <Copyable label="command that breaks ui" text={demo.break_ui} />
        <Button variant="default" size="xs" onClick={() => setAsking(true)}>
          Remove the demo
        </Button>
      </div>
      {asking && (
        <Removal
          title="Remove the demo?"
          verb="Remove the demo"
          removing={remove}
          onRemove={() => remove.mutate(undefined, { onSuccess: () => setAsking(false) })}
          onClose={() => setAsking(false)}
        >
          Its projects go, with all their trees, builds, logs and repositories. Nothing else is touched.
        </Removal>
      )}
    </Section>
  );
}
