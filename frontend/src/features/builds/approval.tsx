/** Code of a stranger waits here until somebody who maintains the project has looked at it. */
import { Button } from "@mantine/core";
import { Commit } from "@/components/commit";
import { ProblemNote } from "@/components/problem-note";
import type { Build } from "@/lib/api/types";
import { asState } from "@/lib/states";
import { useApproveBuild } from "./api/approve-build";
import { useMayAct } from "./api/get-may-act";
import classes from "./build-page.module.css";

export function Approval({ build }: { build: Build }) {
  const may = useMayAct(build.project.name);
  const approve = useApproveBuild(build.id);
  if (build.approval === "given") return <p className={classes.meta}>A maintainer has approved this commit.</p>;
  if (asState(build.state) !== "queued") return <p className={classes.meta}>It was never approved.</p>;
  return (
    <section className={classes.approval} aria-label="Approval">
      <div>
        <strong>It waits for a maintainer's approval.</strong> Somebody from outside wrote this code. It runs without
        secrets, yet it runs on your agents: look at commit <Commit sha={build.commit} /> first. A newer push needs an
        approval of its own.
        <ProblemNote error={approve.error} />
      </div>
      {may && build.commit ? (
        <Button size="xs" loading={approve.isPending} onClick={() => approve.mutate(build.commit ?? "")}>
          Approve this commit
        </Button>
      ) : (
        <span className="muted">Ask a maintainer of {build.project.name}.</span>
      )}
    </section>
  );
}
