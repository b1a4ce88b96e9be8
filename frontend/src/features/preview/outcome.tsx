/** What a success would set off: how long, along which path, what is dropped, and each event in its order. */
import { lazy, Suspense } from "react";
import { Empty } from "@/components/empty";
import { Section } from "@/components/page";
import type { Preview } from "@/lib/api/types";
import { EventRows } from "./event-rows";
import classes from "./preview.module.css";
import { criticalNames, outlookText } from "./preview-model";
import { Warnings } from "./warnings";

const PreviewGraph = lazy(async () => ({ default: (await import("./preview-graph")).PreviewGraph }));

export function Outcome({ preview, root }: { preview: Preview; root: string }) {
  const { events, dropped, warnings, reason } = preview;
  if (reason) return <Empty title="No tree would open">{reason}</Empty>;
  const running = events.filter((event) => event.would_run).length;
  return (
    <>
      <Section title="Outlook" padded>
        <div className={classes.stack}>
          <p>
            <strong>
              {events.length === 0
                ? `Nothing depends on ${root}: its tree would be the root alone.`
                : `${running} of ${events.length} would run.`}
            </strong>{" "}
            {running > 0 && outlookText(preview)}
          </p>
          {running > 0 && <CriticalPath names={criticalNames(preview, root)} />}
          <Warnings warnings={warnings} />
        </div>
      </Section>
      {events.length > 0 && (
        <>
          <Section title="What would fall">
            <div className={classes.graph}>
              <Suspense>
                <PreviewGraph preview={preview} root={root} />
              </Suspense>
            </div>
          </Section>
          <Section title={`In this order (${events.length})`}>
            <EventRows events={events} critical={new Set(preview.critical_path)} />
          </Section>
        </>
      )}
      {dropped.length > 0 && (
        <Section title={`Dropped by filters (${dropped.length})`} padded>
          <ul className={classes.drops}>
            {dropped.map(({ upstream, downstream, text }) => (
              <li key={`${upstream.sub_id} ${downstream.sub_id}`}>
                <strong>
                  {upstream.project} → {downstream.project}
                </strong>{" "}
                {text}
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}

function CriticalPath({ names }: { names: string[] }) {
  if (names.length < 2) return null;
  return (
    <div>
      <span className="muted">The longest way, which decides how long it takes:</span>
      <ol className={classes.path} aria-label="Critical path">
        {names.map((name, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a project may come twice, and the list never moves
          <li key={i}>{name}</li>
        ))}
      </ol>
    </div>
  );
}
