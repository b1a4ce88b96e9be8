/** The routes. Each page is a chunk of its own; the shell around them is fetched beside the page, not before it. */
import type { QueryClient } from "@tanstack/react-query";
import { createBrowserRouter, type LoaderFunctionArgs, type RouteObject, redirect } from "react-router";
import { NotFound } from "@/components/not-found";
import { meQuery } from "@/lib/api/calls/get-me";
import { paths } from "@/lib/paths";
import { RouteError } from "./route-error";
import { isOpen } from "./shell/is-open";

export function createRouter(queries: QueryClient) {
  return createBrowserRouter(createRoutes(queries));
}

export function createRoutes(queries: QueryClient): RouteObject[] {
  return [
    {
      errorElement: <RouteError />,
      hydrateFallbackElement: <output className="boot">Loading DominoCI…</output>,
      children: [
        {
          path: "/login",
          lazy: async () => ({ Component: (await import("@/features/session/login-page")).LoginPage }),
        },
        {
          path: "/signup",
          lazy: async () => ({ Component: (await import("@/features/session/sign-up-page")).SignUpPage }),
        },
        {
          path: "/setup",
          lazy: async () => ({ Component: (await import("@/features/session/setup-page")).SetupPage }),
        },
        {
          loader: (args) => signedIn(queries, args),
          shouldRevalidate: () => false,
          lazy: async () => ({ Component: (await import("./shell/shell")).Shell }),
          children: [{ errorElement: <RouteError />, children: pages }],
        },
      ],
    },
  ];
}

const pages: RouteObject[] = [
  { path: "/", lazy: async () => ({ Component: (await import("@/features/home/home-page")).HomePage }) },
  { path: "/trees", lazy: async () => ({ Component: (await import("@/features/trees/trees-page")).TreesPage }) },
  {
    path: "/trees/:tree",
    lazy: async () => ({ Component: (await import("@/features/trees/tree-page")).TreePage }),
    children: [
      { index: true, element: null },
      { path: "events/:sub/:tab?", element: null },
    ],
  },
  {
    path: "/projects",
    lazy: async () => ({ Component: (await import("@/features/projects/projects-page")).ProjectsPage }),
  },
  {
    path: "/projects/new",
    lazy: async () => ({ Component: (await import("@/features/projects/new-project-page")).NewProjectPage }),
  },
  {
    path: "/projects/:project",
    lazy: async () => ({ Component: (await import("@/features/projects/project-page")).ProjectPage }),
  },
  {
    path: "/projects/:project/settings/:section?",
    lazy: async () => ({ Component: (await import("@/features/projects/settings/settings-page")).SettingsPage }),
  },
  {
    path: "/projects/:project/connections",
    lazy: async () => ({ Component: (await import("@/features/preview/connections-page")).ConnectionsPage }),
  },
  {
    path: "/graph",
    lazy: async () => ({ Component: (await import("@/features/projects/graph/graph-page")).GraphPage }),
  },
  {
    path: "/preview",
    lazy: async () => ({ Component: (await import("@/features/preview/preview-page")).PreviewPage }),
  },
  {
    path: "/projects/:project/combos",
    lazy: async () => ({ Component: (await import("@/features/combos/combos-page")).CombosPage }),
  },
  { path: "/combos", lazy: async () => ({ Component: (await import("@/features/combos/combos-page")).CombosPage }) },
  {
    path: "/combos/compare",
    lazy: async () => ({ Component: (await import("@/features/combos/compare-page")).ComparePage }),
  },
  {
    path: "/combos/:combo",
    lazy: async () => ({ Component: (await import("@/features/combos/combo-page")).ComboPage }),
  },
  { path: "/jobs/*", lazy: async () => ({ Component: (await import("@/features/jobs/jobs-address")).JobsAddress }) },
  { path: "/new-job", lazy: async () => ({ Component: (await import("@/features/jobs/new-job-page")).NewJobPage }) },
  { path: "/builds", lazy: async () => ({ Component: (await import("@/features/builds/builds-page")).BuildsPage }) },
  {
    path: "/builds/:build",
    lazy: async () => ({ Component: (await import("@/features/builds/build-page")).BuildPage }),
  },
  {
    path: "/builds/:build/compare",
    lazy: async () => ({ Component: (await import("@/features/builds/compare-page")).ComparePage }),
  },
  {
    path: "/builds/:build/workspace",
    lazy: async () => ({ Component: (await import("@/features/builds/workspace-page")).WorkspacePage }),
  },
  { path: "/agents", lazy: async () => ({ Component: (await import("@/features/agents/agents-page")).AgentsPage }) },
  {
    path: "/agents/:agent",
    lazy: async () => ({ Component: (await import("@/features/agents/agent-page")).AgentPage }),
  },
  {
    path: "/help",
    lazy: async () => ({ Component: (await import("@/features/help/help-frame")).HelpFrame }),
    children: [
      {
        path: "api-reference",
        lazy: async () => ({ Component: (await import("@/features/help/reference-page")).ReferencePage }),
      },
      { path: ":page?", lazy: async () => ({ Component: (await import("@/features/help/help-page")).HelpPageView }) },
    ],
  },
  {
    path: "/me/:section?",
    lazy: async () => ({ Component: (await import("@/features/account/account-page")).AccountPage }),
  },
  {
    path: "/admin/:section?",
    lazy: async () => ({ Component: (await import("@/features/admin/admin-page")).AdminPage }),
  },
  { path: "/owners", lazy: async () => ({ Component: (await import("@/features/owners/owners-page")).OwnersPage }) },
  {
    path: "/owners/:owner",
    lazy: async () => ({ Component: (await import("@/features/owners/owner-page")).OwnerPage }),
  },
  { path: "*", element: <NotFound /> },
];

/** Who is signed in, or off to the sign-in page, which leads back to exactly this address. */
async function signedIn(queries: QueryClient, { request }: LoaderFunctionArgs) {
  const me = await queries.fetchQuery(meQuery());
  if (me) return me;
  const { pathname, search } = new URL(request.url);
  if (isOpen(pathname)) return null;
  // The request knows no fragment; on a first load the address bar does, and `#L120` must survive signing in.
  const hash = location.pathname === pathname ? location.hash : "";
  return redirect(paths.login(pathname + search + hash));
}
