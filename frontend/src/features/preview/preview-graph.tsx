/** The tree that would fall, drawn like one that does. */
import { useMemo } from "react";
import type { GraphCardContent } from "@/components/graph/graph-card";
import { GraphView } from "@/components/graph/graph-view";
import type { Preview, PreviewEvent } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { linesOf, nameOf, usualText } from "./preview-model";

export function PreviewGraph({ preview, root }: { preview: Preview; root: string }) {
  const cards = useMemo(
    () => [
      rootCard(root),
      ...preview.events.map((event) => cardOf(event, preview.critical_path.includes(event.sub_id))),
    ],
    [preview, root],
  );
  const lines = useMemo(() => linesOf(preview), [preview]);
  return (
    <GraphView
      label={`What would fall, ${cards.length} events. Arrow keys walk along the edges, Enter opens the project.`}
      name={`preview:${root}`}
      cards={cards}
      lines={lines}
      selected={null}
      matters="1"
      quiet
    />
  );
}

const rootCard = (root: string): GraphCardContent => ({
  id: "1",
  href: paths.project(root),
  title: root,
  state: "success",
  label: `${root}, the success that is imagined`,
  tag: "1",
  detail: <span>imagined success</span>,
});

function cardOf(event: PreviewEvent, critical: boolean): GraphCardContent {
  const { sub_id, project, would_run, reason } = event;
  const name = nameOf(event);
  const why = reason?.text ?? "its project is private";
  return {
    id: sub_id,
    href: project === null ? null : paths.project(project),
    title: name,
    state: would_run ? null : "skipped",
    label: `${name}, event ${sub_id}, would ${would_run ? "run" : `be skipped: ${why}`}`,
    tag: sub_id,
    hint: why,
    critical,
    detail: <span className="ellipsis">{would_run ? `would run · ${usualText(event)}` : why}</span>,
  };
}
