/** The graph of all projects: around one of them, or all in groups; and where a dependency is added with the graph in view. */
import { Button } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useEffect, useMemo, useState } from "react";
import { Crumbs } from "@/components/crumbs";
import { Empty } from "@/components/empty";
import { Loaded } from "@/components/loaded";
import type { WholeGraph } from "@/lib/api/types";
import { lastProject, noteProject } from "@/lib/last-project";
import { feedKeys, useLiveLists } from "@/lib/live/use-live-lists";
import { paths } from "@/lib/paths";
import { useTitle } from "@/lib/use-title";
import { useWholeGraph } from "../api/get-whole-graph";
import { AddEdge, type Cycle } from "./add-edge";
import { DrawnGraph } from "./drawn-graph";
import { cardsIn, MOST_DRAWN, pictureOf } from "./graph-model";
import classes from "./graph-page.module.css";
import { GraphSide } from "./graph-side";
import { GraphTable } from "./graph-table";
import { GraphTools } from "./graph-tools";
import { type GraphAddress, useGraphAddress } from "./use-graph-address";

export function GraphPage() {
  const address = useGraphAddress();
  useOpening(address);
  useLiveLists("feed", feedKeys);
  const { focus } = address;
  useTitle(focus ? `Graph around ${focus}` : "Graph");
  const [adding, setAdding] = useState(false);
  const [cycle, setCycle] = useState<Cycle | null>(null);
  // all of a refused cycle lies behind its downstream
  const part = cycle ? { focus: cycle.downstream, dir: "down" as const, depth: cycle.path.length } : address.part;
  const query = useWholeGraph(part);
  const close = () => {
    setAdding(false);
    setCycle(null);
  };
  return (
    <div className={classes.page}>
      <Crumbs items={focus ? [{ text: "Graph", to: paths.graph() }, { text: focus }] : [{ text: "Graph" }]} />
      <header className={classes.header}>
        <h1>{focus ? `Graph around ${focus}` : "Graph of all projects"}</h1>
        <Button size="xs" variant="default" onClick={() => (adding ? close() : setAdding(true))}>
          {adding ? "Close the form" : "Add a dependency"}
        </Button>
      </header>
      <GraphTools address={address} />
      <Loaded query={query} rows={8}>
        {(graph) => (
          <Content graph={graph} address={address} cycle={cycle}>
            {adding && <AddEdge downstream={focus ?? ""} onCycle={setCycle} onClose={close} />}
          </Content>
        )}
      </Loaded>
    </div>
  );
}

/** Without a word in the address it opens around the project that was looked at last. */
function useOpening({ focus, change }: GraphAddress): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the address that the page was opened with
  useEffect(() => {
    if (location.search) return;
    const last = lastProject();
    if (last) change({ focus: last });
  }, []);
  useEffect(() => {
    if (focus) noteProject(focus);
  }, [focus]);
}

interface ContentProps {
  graph: WholeGraph;
  address: GraphAddress;
  cycle: Cycle | null;
  children: React.ReactNode;
}

function Content({ graph, address, cycle, children }: ContentProps) {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const { q, group, focus, table } = address;
  const shownFocus = cycle?.downstream ?? focus;
  const wish = useMemo(
    () => (cycle ? { q: "", group: "" as const, open, focus: shownFocus } : { q, group, open, focus: shownFocus }),
    [q, group, open, shownFocus, cycle],
  );
  const picture = useMemo(() => pictureOf(graph, wish), [graph, wish]);
  const narrow = useMediaQuery("(max-width: 767px)", window.innerWidth < 768, { getInitialValueInEffect: false });
  const openGroup = (id: string) => setOpen((before) => new Set([...before, id]));
  return (
    <div className={classes.split}>
      <div className={classes.view}>
        {table || narrow ? (
          <GraphTable graph={graph} q={q} />
        ) : (
          <Picture
            address={address}
            picture={picture}
            graph={graph}
            cycle={cycle}
            onOpen={openGroup}
            opened={open.size}
            onCloseGroups={() => setOpen(new Set())}
          />
        )}
      </div>
      <GraphSide graph={graph} orphans={picture.orphans} focus={focus}>
        {children}
      </GraphSide>
    </div>
  );
}

interface PictureProps {
  address: GraphAddress;
  picture: ReturnType<typeof pictureOf>;
  graph: WholeGraph;
  cycle: Cycle | null;
  opened: number;
  onOpen(group: string): void;
  onCloseGroups(): void;
}

function Picture({ address, picture, graph, cycle, opened, onOpen, onCloseGroups }: PictureProps) {
  const cards = cardsIn(picture);
  if (!graph.nodes.length)
    return <Empty title="No project yet">Connect a project, and a second one that waits for it.</Empty>;
  if (!cards) return <Nothing address={address} />;
  if (cards > MOST_DRAWN) return <TooMany cards={cards} address={address} />;
  return (
    <>
      <DrawnGraph picture={picture} address={address} cycle={cycle?.path ?? null} onOpen={onOpen} />
      {opened > 0 && (
        <button type="button" className={classes.regroup} onClick={onCloseGroups}>
          Close the groups
        </button>
      )}
    </>
  );
}

function Nothing({ address }: { address: GraphAddress }) {
  if (!address.q) return <Empty title="Nothing depends on anything yet">Add the first dependency.</Empty>;
  return (
    <Empty title={`No project here is called like “${address.q}”`}>
      <Button size="xs" variant="default" onClick={() => address.change({ q: "" })}>
        Clear filter
      </Button>
    </Empty>
  );
}

function TooMany({ cards, address }: { cards: number; address: GraphAddress }) {
  return (
    <Empty title={`${cards.toLocaleString("en")} cards are too many to read`}>
      <p>Filter by name, look around one project, or group them.</p>
      <div className={classes.row}>
        {address.focus === null && (
          <>
            <Button size="xs" variant="default" onClick={() => address.change({ group: "owner" })}>
              Group by owner
            </Button>
            <Button size="xs" variant="default" onClick={() => address.change({ group: "ci" })}>
              Group by CI
            </Button>
          </>
        )}
        {address.focus !== null && (
          <Button size="xs" variant="default" onClick={() => address.change({ depth: "1" })}>
            Only direct neighbours
          </Button>
        )}
        <Button size="xs" variant="default" onClick={() => address.change({ view: "table" })}>
          Show as table
        </Button>
      </div>
    </Empty>
  );
}
