/** The least valid object of each kind; a test names only what it is about. */
import type {
  Build,
  Combo,
  ComboMember,
  GraphEdge,
  GraphNode,
  Preview,
  Project,
  ProjectNumbers,
  Step,
  Target,
  TreeGraph,
} from "@/lib/api/types";

export const node = (sub_id: string, more: Partial<GraphNode> = {}): GraphNode => ({
  sub_id,
  project: `p${sub_id}`,
  state: "waiting",
  target: "agent",
  attempt: 0,
  ref: null,
  reason: null,
  queued_at: null,
  triggered_at: null,
  started_at: null,
  finished_at: null,
  deadline_at: null,
  owner: null,
  sends: 0,
  tries: [],
  ...more,
});

export const edge = (from: string, to: string, outcome: GraphEdge["outcome"] = null): GraphEdge => ({
  from,
  to,
  outcome,
  reason: null,
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
  parameters: {},
  waiting: null,
  steps: [],
  artifacts: [],
  ...more,
});

const dependent = (name: string, runs: number, failed: number, failed_percent: number) => ({
  project: { id: name, name },
  runs,
  failed,
  failed_percent,
});

/** Some trees, two dependents that fail, one that does not. */
export const numbers = (more: Partial<ProjectNumbers> = {}): ProjectNumbers => ({
  project: { id: "p", name: "core" },
  days: 30,
  since: "2026-10-22T10:00:00.000Z",
  trees: {
    count: 212,
    by_state: { success: 180, failed: 32 },
    first_level: { settled: 12, failed: 3, skipped: 4, failed_percent: 25 },
    all_levels: { settled: 36, failed: 3, skipped: 9, failed_percent: 8.33 },
    duration_p50_s: 540,
    duration_p90_s: 840,
    cut: false,
  },
  dependents: [dependent("search", 25, 3, 12), dependent("billing", 180, 56, 31.1), dependent("docs", 25, 0, 0)],
  blocks_most: [],
  runs: {
    count: 0,
    by_state: {},
    success_percent: null,
    run_p50_s: null,
    run_p90_s: null,
    queued_p50_s: null,
    queued_p90_s: null,
    cut: false,
  },
  blocked_by: [],
  flakiness: { compared: 0, flaky: 0, flaky_percent: null, examples: [] },
  last: [],
  ...more,
});

export const target = (more: Partial<Target> = {}): Target => ({
  kind: "agent",
  pipeline: null,
  url: null,
  cancel_url: null,
  mode: null,
  job: null,
  user: null,
  unstable: null,
  project: null,
  api_url: null,
  repository: null,
  workflow: null,
  event_type: null,
  app_id: null,
  installation_id: null,
  secrets: [],
  ...more,
});

export const project = (more: Partial<Project> = {}): Project => ({
  id: "p",
  name: "core",
  repository_url: "http://localhost/git/core.git",
  clone_url: "http://localhost/git/core.git",
  hosted: true,
  default_branch: "main",
  visibility: "private",
  owners_url: null,
  contact: null,
  target: target(),
  on_new_event: "parallel",
  start_deadline_s: 3600,
  finish_deadline_s: 21_600,
  accept_event_token: false,
  enabled: true,
  demo: false,
  created_at: "2026-11-21T10:00:00.000Z",
  last_result: null,
  upstream_count: 0,
  downstream_count: 0,
  role: "owner",
  owner: null,
  starred: false,
  ...more,
});

export const member = (name: string, commit: string | null): ComboMember => ({
  project: { id: name, name },
  sub_id: `1.${name}`,
  attempt: 1,
  commit,
  branch: "main",
  tag: null,
  pipeline: null,
  run_url: null,
  artifacts: [],
});

export const combo = (more: Partial<Combo> = {}): Combo => ({
  id: "t:1:1",
  project: { id: "p", name: "core" },
  tree_id: "t",
  sub_id: "1",
  attempt: 1,
  at: "2026-11-21T10:00:00.000Z",
  members: [],
  mixed: false,
  ...more,
});

/** Of a project on which nothing depends. */
export const preview = (more: Partial<Preview> = {}): Preview => ({
  tree_id: null,
  reason: null,
  events: [],
  dropped: [],
  warnings: [],
  expected_s: null,
  pessimistic_s: null,
  critical_path: [],
  certainty: "none",
  without_history: 0,
  ...more,
});
