/** The least valid object of each kind; a test names only what it is about. */
import type { Build, GraphEdge, GraphNode, Step, TreeGraph } from "@/lib/api/types";

export const node = (sub_id: string, more: Partial<GraphNode> = {}): GraphNode => ({
  sub_id,
  project: `p${sub_id}`,
  state: "waiting",
  target: "agent",
  attempt: 0,
  ref: null,
  reason: null,
  started_at: null,
  finished_at: null,
  ...more,
});

export const edge = (from: string, to: string, outcome: GraphEdge["outcome"] = null): GraphEdge => ({
  from,
  to,
  outcome,
  join: "all",
});

export const graph = (more: Partial<TreeGraph> = {}): TreeGraph => ({
  id: "t1",
  version: 1,
  state: "running",
  opened_at: "2026-11-21T10:00:00.000Z",
  finished_at: null,
  nodes: [node("1")],
  edges: [],
  ...more,
});

export const step = (n: number, more: Partial<Step> = {}): Step => ({
  n,
  pipeline: "build",
  stage: "test",
  name: `step ${n}`,
  state: "waiting",
  exit_code: null,
  signal: null,
  started_at: null,
  finished_at: null,
  log_size: 0,
  ...more,
});

export const build = (more: Partial<Build> = {}): Build => ({
  id: "b1",
  number: 7,
  project: { id: "p", name: "core" },
  state: "running",
  reason: null,
  ref: "main",
  branch: "main",
  tag: null,
  commit: "9fceb02d0ae598e95dc970b74767f19372d61af8",
  message: "Fix it",
  cause: "push",
  tree_id: null,
  sub_id: null,
  agent: null,
  pipelines: [],
  created_at: "2026-11-21T10:00:00.000Z",
  started_at: null,
  finished_at: null,
  cancel_requested: false,
  url: "/builds/b1",
  steps: [],
  artifacts: [],
  ...more,
});
