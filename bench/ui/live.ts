/** The live connection of a tree's page, into which changes of its events are put as the server words them. */
import type { Page, WebSocketRoute } from "@playwright/test";
import { PLACES } from "./places";

interface Node {
  sub_id: string;
  state: string;
  [field: string]: unknown;
}

interface Graph {
  id: string;
  version: number;
  nodes: Node[];
}

/** A life: what becomes of an event, one after the other. */
const NEXT: Record<string, string> = {
  waiting: "queued",
  queued: "triggered",
  triggered: "running",
  running: "success",
};

export class Changes {
  private socket: WebSocketRoute | undefined;
  private at = 0;

  private constructor(private readonly graph: Graph) {}

  /** To be called before the page is opened. */
  static async of(page: Page, events: number): Promise<Changes> {
    const answer = await page.request.get(`/api/v1/trees/${PLACES.trees[events]}/graph`);
    const changes = new Changes(await answer.json());
    await page.routeWebSocket(/\/api\/v1\/live$/, (socket) => {
      socket.connectToServer();
      changes.socket = socket;
    });
    return changes;
  }

  /** So many events of the tree go one state further, evenly over this time; one message each, as a result makes one. */
  async make(count: number, overMs: number): Promise<void> {
    const begun = Date.now();
    for (let made = 1; made <= count; made += 1) {
      this.socket?.send(JSON.stringify(this.next()));
      const ahead = (overMs * made) / count - (Date.now() - begun);
      if (ahead > 4) await new Promise((done) => setTimeout(done, ahead));
    }
  }

  private next(): object {
    const { graph } = this;
    const unfinished = graph.nodes.filter(({ state }) => state in NEXT);
    const pool = unfinished.length ? unfinished : graph.nodes;
    const node = pool[this.at % pool.length] as Node;
    this.at += 1;
    // a tree that has come to its end begins again, as by reruns
    node.state = NEXT[node.state] ?? "queued";
    if (node.state === "running") node.started_at = new Date().toISOString();
    if (node.state === "success") node.finished_at = new Date().toISOString();
    graph.version += 1;
    const { id, version } = graph;
    return {
      topic: `tree:${id}`,
      version,
      tree: { state: "running", finished_at: null },
      events: [{ ...node }],
      edges: [],
    };
  }
}
