/** The picture itself: a card for each project and group. A click on a project looks around it. */
import { useMemo } from "react";
import type { GraphCardContent } from "@/components/graph/graph-card";
import { GraphView } from "@/components/graph/graph-view";
import { paths } from "@/lib/paths";
import { STATE_WORD } from "@/lib/states";
import { type GraphProject, type Picture, type ProjectGroup, stateOf, withCycle } from "./graph-model";
import type { GraphAddress } from "./use-graph-address";

interface Props {
  picture: Picture;
  address: GraphAddress;
  /** What a refused dependency would have closed. */
  cycle: readonly string[] | null;
  onOpen(group: string): void;
}

export function DrawnGraph({ picture, address, cycle, onOpen }: Props) {
  const { focus, dir, depth, group } = address;
  const cards = useMemo(
    () => [
      ...picture.projects.map((one) => cardOf(one, focus, cycle)),
      ...picture.groups.map((one) => groupCard(one, onOpen)),
    ],
    [picture, focus, cycle, onOpen],
  );
  const lines = useMemo(() => withCycle(picture.lines, cycle), [picture, cycle]);
  const matching = useMemo(() => (cycle ? new Set(cycle) : picture.matching), [picture, cycle]);
  return (
    <GraphView
      label="Projects and what they wait for. Arrow keys walk along the edges, Enter looks around a project or opens a group."
      name={`graph:${cycle ? cycle.join() : [focus, dir, depth, group].join()}`}
      cards={cards}
      lines={lines}
      selected={focus}
      matching={matching}
      matters={focus ?? undefined}
    />
  );
}

/** Of the project that the picture is around, the card opens its page. */
function cardOf(one: GraphProject, focus: string | null, cycle: readonly string[] | null): GraphCardContent {
  const state = stateOf(one);
  const counts = `${one.upstream_count} up · ${one.downstream_count} down`;
  const off = one.enabled ? "" : ", switched off";
  return {
    id: one.name,
    href: one.name === focus ? paths.project(one.name) : paths.graph(one.name),
    title: one.name,
    state,
    label: `${one.name}, ${state ? `last result ${STATE_WORD[state]}` : "no result yet"}, waits for ${one.upstream_count}, ${one.downstream_count} wait for it${off}`,
    detail: <span>{[counts, one.enabled ? one.owner : "off"].filter(Boolean).join(" · ")}</span>,
    critical: cycle?.includes(one.name) ?? false,
  };
}

function groupCard(group: ProjectGroup, onOpen: (id: string) => void): GraphCardContent {
  const told = group.counts.map(([state, n]) => `${n} ${STATE_WORD[state]}`).join(", ");
  return {
    id: group.id,
    href: null,
    title: group.name,
    state: group.state,
    label: `${group.name}, ${group.members.length} projects${told ? `: ${told}` : ""}`,
    detail: null,
    group: { count: group.members.length, counts: group.counts, bad: group.bad, onOpen: () => onOpen(group.id) },
  };
}
