/** The trees that ended last. Rows do not move under the pointer: new ones wait to be shown. */
import { Button } from "@mantine/core";
import { Link } from "react-router";
import { Empty } from "@/components/empty";
import { Section } from "@/components/page";
import { TreeRows } from "@/components/tree-rows";
import type { TreeSummary } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import classes from "./home.module.css";
import { useHeldBack } from "./use-held-back";

const SHOWN = 12;

export function Recent({ trees }: { trees: readonly TreeSummary[] }) {
  const { shown, waiting, show } = useHeldBack(trees, SHOWN);
  return (
    <Section
      title="Recent trees"
      actions={
        <>
          <span role="status">
            {waiting > 0 && (
              <Button size="compact-xs" variant="light" onClick={show} className={classes.fresh}>
                {waiting} new, show
              </Button>
            )}
          </span>
          <Link to={paths.trees()}>All trees</Link>
        </>
      }
    >
      {shown.length ? <TreeRows trees={shown} label="Recent trees" /> : <Empty title="No tree has finished yet" />}
    </Section>
  );
}
