/** What can be done with a build: stop it, run it once more, look at what has changed since the last green one. */
import { Button } from "@mantine/core";
import { Link, useNavigate } from "react-router";
import { useActions } from "@/lib/actions";
import { asApiError } from "@/lib/api/problem";
import type { Build } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { asState, isFinal } from "@/lib/states";
import { useCancelBuild } from "./api/cancel-build";
import { useMayAct } from "./api/get-may-act";
import { useRerunBuild } from "./api/rerun-build";
import classes from "./build-page.module.css";

export function BuildActs({ build }: { build: Build }) {
  const over = isFinal(asState(build.state));
  const mayAct = useMayAct(build.project.name);
  const navigate = useNavigate();
  useActions([
    {
      id: "compare-build",
      text: "Compare with the last green build",
      run: () => void navigate(paths.compareBuild(build.id)),
    },
  ]);
  return (
    <div className={classes.acts}>
      {mayAct && !over && <Cancel build={build} />}
      {mayAct && over && !build.run_id && <RunAgain build={build} />}
      {!build.run_id && (
        <Button component={Link} to={paths.compareBuild(build.id)} variant="default" size="xs">
          Compare with last green
        </Button>
      )}
    </div>
  );
}

function Cancel({ build }: { build: Build }) {
  const cancel = useCancelBuild(build.id);
  if (build.cancel_requested) return <span className="muted">cancel asked</span>;
  return (
    <>
      <Refusal error={cancel.error} />
      <Button variant="default" size="xs" loading={cancel.isPending} onClick={() => cancel.mutate()}>
        Cancel
      </Button>
    </>
  );
}

/** What a tree started is run again there: the tree waits for it, and passes on what it leaves. */
function RunAgain({ build }: { build: Build }) {
  const { cause, tree_id, sub_id } = build;
  if (cause !== "event" || !tree_id || !sub_id) return <Rerun build={build} />;
  return (
    <Button component={Link} to={paths.event(tree_id, sub_id)} variant="default" size="xs">
      Rerun in its tree…
    </Button>
  );
}

function Rerun({ build }: { build: Build }) {
  const rerun = useRerunBuild(build.id);
  const navigate = useNavigate();
  return (
    <>
      <Refusal error={rerun.error} />
      <Button
        variant="default"
        size="xs"
        loading={rerun.isPending}
        title="The same commit, parameters and definition, as a new build"
        onClick={() => rerun.mutate(undefined, { onSuccess: (made) => void navigate(paths.build(made.id)) })}
      >
        Rerun
      </Button>
    </>
  );
}

function Refusal({ error }: { error: unknown }) {
  if (!error) return null;
  return (
    <span role="alert" className={classes.refusal}>
      {asApiError(error).detail}
    </span>
  );
}
