/** A build beside the last green one of its project and branch: what may be to blame comes first. */
import { Link, useParams } from "react-router";
import { Commit } from "@/components/commit";
import { Crumbs } from "@/components/crumbs";
import { DataTable, optionalRight } from "@/components/data-table";
import { Empty } from "@/components/empty";
import { Loaded } from "@/components/loaded";
import { Columns, Page, Section } from "@/components/page";
import { StateBadge, StateText } from "@/components/state-badge";
import table from "@/components/table.module.css";
import { Duration, Time } from "@/components/time";
import type { BuildComparison, BuildSummary } from "@/lib/api/types";
import { formatBytes } from "@/lib/bytes";
import { paths } from "@/lib/paths";
import { asState } from "@/lib/states";
import { formatDuration } from "@/lib/time";
import { useTitle } from "@/lib/use-title";
import { useBuildComparison } from "./api/compare-build";
import classes from "./compare-page.module.css";
import { DIFFERENCE, isSuspect, isWorthSaying, longerBy } from "./compare-words";

export function ComparePage() {
  const { build = "" } = useParams();
  return (
    <Loaded query={useBuildComparison(build)} rows={8}>
      {(data) => <Comparison between={data} />}
    </Loaded>
  );
}

const nameOf = (build: BuildSummary) => `${build.project.name} #${build.number}`;

function Comparison({ between }: { between: BuildComparison }) {
  const { build, base } = between;
  useTitle(`${nameOf(build)} beside the last green build`, asState(build.state));
  return (
    <Page title={`${nameOf(build)} beside the last green build`}>
      <Crumbs
        items={[
          { text: "Builds", to: paths.builds() },
          { text: build.project.name, to: paths.project(build.project.name) },
          { text: `#${build.number}`, to: paths.build(build.id) },
          { text: "Compare" },
        ]}
      />
      {base ? <Differences between={between} base={base} /> : <NoGreen build={build} />}
    </Page>
  );
}

function NoGreen({ build }: { build: BuildSummary }) {
  const where = build.tag ? "of a tag" : `on branch ${build.branch ?? "unknown"}`;
  return (
    <Section title="Nothing to compare with">
      <Empty title="No green build before it">
        No build of {build.project.name} {where} succeeded before #{build.number}.{" "}
        <Link to={paths.builds(build.project.name, { state: "success" })}>
          See the green builds of {build.project.name}
        </Link>
      </Empty>
    </Section>
  );
}

function Differences({ between, base }: { between: BuildComparison; base: BuildSummary }) {
  const { build, steps, artifacts, parameters } = between;
  const told = steps.filter(isWorthSaying);
  const same = steps.length - told.length;
  return (
    <>
      <Section title="Between" padded>
        <div className={classes.between}>
          <Side letter="Last green" build={base} />
          <Side letter="This build" build={build} />
        </div>
        <Commits between={between} base={base} />
      </Section>
      <Section title={told.length ? `Steps that differ (${told.length})` : "Steps"}>
        {told.length > 0 && <Steps steps={told} />}
        {same > 0 && (
          <details className={classes.same}>
            <summary>
              {same === 1 ? "1 step went" : `${same} steps went`} as before{told.length ? "" : ": nothing differs"}
            </summary>
            <Steps steps={steps.filter((one) => !isWorthSaying(one))} />
          </details>
        )}
        {steps.length === 0 && <Empty title="No step">Neither of them ran a step.</Empty>}
      </Section>
      <Columns>
        <Section title="Artifacts">
          {artifacts.length ? <Artifacts changes={artifacts} /> : <p className={classes.none}>the same in both</p>}
        </Section>
        <Section title="Parameters">
          {parameters.length ? <Parameters changes={parameters} /> : <p className={classes.none}>the same in both</p>}
        </Section>
      </Columns>
    </>
  );
}

function Side({ letter, build }: { letter: string; build: BuildSummary }) {
  return (
    <div className={classes.side}>
      <span className={classes.letter}>{letter}</span>
      <span className={classes.named}>
        <StateBadge state={asState(build.state)} />
        <Link to={paths.build(build.id)}>
          <strong>{nameOf(build)}</strong>
        </Link>
      </span>
      <span className="muted">
        <Commit sha={build.commit} /> {build.message?.split("\n")[0]}
      </span>
      <span className="muted">
        <Time at={build.started_at ?? build.created_at} /> · <Duration from={build.started_at} to={build.finished_at} />
      </span>
    </div>
  );
}

function Commits({ between: { build, compare_url }, base }: { between: BuildComparison; base: BuildSummary }) {
  if (build.commit === base.commit)
    return <p className={classes.commits}>The same commit: look for what is outside of it.</p>;
  const safe = compare_url && /^https?:\/\//i.test(compare_url) ? compare_url : null;
  return (
    <p className={`${classes.commits} in-text`}>
      {base.commit ? <Commit sha={base.commit} /> : "unknown"} →{" "}
      {build.commit ? <Commit sha={build.commit} /> : "unknown"}{" "}
      {safe && (
        <a href={safe} target="_blank" rel="noreferrer">
          the commits between ↗
        </a>
      )}
    </p>
  );
}

type ComparedStep = BuildComparison["steps"][number];

function Steps({ steps }: { steps: readonly ComparedStep[] }) {
  return (
    <DataTable
      label="Steps side by side"
      columns={["Step", "Difference", "Last green", "This build", optionalRight("Longer by")]}
    >
      {steps.map((pair) => {
        const run = pair.new ?? pair.old;
        return (
          <tr key={[pair.old, pair.new].map((one) => `${one?.build_id} ${one?.n}`).join()}>
            <td className={`${table.wide} ${classes.step}`}>
              <strong>{run?.name}</strong>{" "}
              {run?.stage && run.stage !== run.name && <span className="muted">{run.stage}</span>}
            </td>
            <td className={classes.difference}>
              <span className={isSuspect(pair) ? classes.suspect : undefined}>{DIFFERENCE[pair.difference]}</span>
            </td>
            <td className={classes.sideOf}>
              <Run run={pair.old} />
            </td>
            <td className={classes.sideOf}>
              <Run run={pair.new} />
            </td>
            <td className={`${table.right} ${table.optional}`}>{longerBy(pair)}</td>
          </tr>
        );
      })}
    </DataTable>
  );
}

function Run({ run }: { run: ComparedStep["new"] }) {
  if (!run) return <span className="muted">none</span>;
  return (
    <span className={classes.run}>
      <Link to={paths.build(run.build_id, run.n)} aria-label={`${run.name} of this side: ${run.state}`}>
        <StateText state={asState(run.state)} />
      </Link>
      {run.took_ms !== null && <span className="muted num">{formatDuration(run.took_ms)}</span>}
    </span>
  );
}

type Content = BuildComparison["artifacts"][number]["old"];

function Artifacts({ changes }: { changes: BuildComparison["artifacts"] }) {
  return (
    <DataTable label="Artifacts that differ" columns={["Artifact", "Last green", "This build"]}>
      {changes.map((change) => (
        <tr key={change.name}>
          <td className={table.wide}>{change.name}</td>
          <td className={table.nowrap}>{contentText(change.old)}</td>
          <td className={table.nowrap}>{contentText(change.new)}</td>
        </tr>
      ))}
    </DataTable>
  );
}

function contentText(of: Content) {
  if (!of) return <span className="muted">none</span>;
  return (
    <>
      <span className="num">{formatBytes(of.size)}</span>{" "}
      <span className="mono muted" title={`sha256 ${of.sha256}`}>
        {of.sha256.slice(0, 12)}
      </span>
    </>
  );
}

function Parameters({ changes }: { changes: BuildComparison["parameters"] }) {
  return (
    <DataTable label="Parameters that differ" columns={["Parameter", "Last green", "This build"]}>
      {changes.map((change) => (
        <tr key={change.name}>
          <td>{change.name}</td>
          <td>{change.old ?? <span className="muted">not given</span>}</td>
          <td>{change.new ?? <span className="muted">not given</span>}</td>
        </tr>
      ))}
    </DataTable>
  );
}
