/** One build: its steps, their logs, and what it left behind. */
import { useMemo } from "react";
import { useParams, useSearchParams } from "react-router";
import { Crumbs } from "@/components/crumbs";
import { Empty } from "@/components/empty";
import { Loaded } from "@/components/loaded";
import { landingOf } from "@/components/log/landing";
import { hasBegun } from "@/components/log/log-rows";
import { LogView } from "@/components/log/log-view";
import { buildQuery, useBuild } from "@/lib/api/calls/get-build";
import type { Build } from "@/lib/api/types";
import { useLiveRefetch } from "@/lib/live/use-live-refetch";
import { paths } from "@/lib/paths";
import { asState, isFinal, STATE_WORD } from "@/lib/states";
import { useTitle } from "@/lib/use-title";
import { BuildHeader } from "./build-header";
import classes from "./build-page.module.css";
import { BuildSide } from "./build-side";
import { Waiting } from "./waiting";

export function BuildPage() {
  const { build = "" } = useParams();
  const query = useBuild(build);
  useLiveRefetch(
    `build:${build}`,
    useMemo(() => buildQuery(build).queryKey, [build]),
  );
  return (
    <Loaded query={query} rows={8}>
      {(data) => <BuildContent key={data.id} build={data} />}
    </Loaded>
  );
}

function BuildContent({ build }: { build: Build }) {
  const [query] = useSearchParams();
  const state = asState(build.state);
  const asked = Number(query.get("step") ?? Number.NaN);
  const current = build.steps.find((one) => one.n === asked)?.n ?? landingOf(build)?.n ?? null;
  const name = `${build.project.name} #${build.number}`;
  useTitle(`${name} — ${STATE_WORD[state]}`, state);
  return (
    <div className={classes.page}>
      <Crumbs
        items={[
          { text: "Builds", to: paths.builds() },
          { text: build.project.name, to: paths.project(build.project.name) },
          { text: `#${build.number}` },
        ]}
      />
      <BuildHeader build={build} />
      <div className={classes.split}>
        <BuildSide build={build} current={current} />
        <div className={classes.log}>
          {build.steps.some(hasBegun) ? (
            // an agent that lost the build leaves it to another one, which starts its logs anew
            <LogView key={build.started_at} build={build} />
          ) : (
            <NoStep build={build} />
          )}
        </div>
      </div>
    </div>
  );
}

function NoStep({ build }: { build: Build }) {
  if (build.waiting) return <Waiting build={build} reason={build.waiting} />;
  const text = build.reason?.text ?? "The agent reads the pipeline.";
  return <Empty title={isFinal(asState(build.state)) ? "No step ran" : "No step yet"}>{text}</Empty>;
}
