/** The frame around every page: rail, top bar, keys, and the live connection that all of them share. */
import { useMantineColorScheme } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { Navigate, Outlet, useLocation, useNavigate } from "react-router";
import { CrumbSlot } from "@/components/crumbs";
import { usePreferenceSync } from "@/features/account/preference-sync";
import { SearchButton } from "@/features/search/search-button";
import { useActions } from "@/lib/actions";
import { useMe } from "@/lib/api/calls/get-me";
import { useForgetting } from "@/lib/api/calls/sign-out";
import type { Me } from "@/lib/api/types";
import { LiveProvider } from "@/lib/live/live-context";
import { useDoubt } from "@/lib/live/use-doubt";
import { feedKeys, useLiveLists } from "@/lib/live/use-live-lists";
import { paths } from "@/lib/paths";
import { recall, remember } from "@/lib/remembered";
import { visitsOf } from "@/lib/visited";
import { isOpen } from "./is-open";
import { LiveDot } from "./live-dot";
import { OpenFrame } from "./open-frame";
import { EVERYWHERE } from "./places";
import { Rail } from "./rail";
import classes from "./shell.module.css";
import { ThemeSwitch } from "./theme-switch";
import { useShellKeys } from "./use-shell-keys";
import { UserMenu } from "./user-menu";

const KeysDialog = lazy(async () => ({ default: (await import("./keys-dialog")).KeysDialog }));
const RAIL = "dominoci-rail";

export function Shell() {
  const { data: me } = useMe();
  const { pathname, search, hash } = useLocation();
  if (!me && isOpen(pathname)) return <OpenFrame />;
  if (!me) return <Navigate to={paths.login(pathname + search + hash)} replace />;
  return (
    <LiveProvider>
      <Frame user={me.user} />
    </LiveProvider>
  );
}

function Frame({ user }: { user: Me["user"] }) {
  const [slot, setSlot] = useState<HTMLElement | null>(null);
  const rail = useRail();
  useForgetting();
  useDoubt();
  visitsOf(user.id); // before any page below says its title
  const [help, setHelp] = useState(false);
  const { copied, copyLink } = useShellKeys(rail.fold, () => setHelp(true));
  usePreferenceSync();
  useLiveLists("feed", feedKeys);
  useFrameActions(rail.fold, () => setHelp(true), copyLink);
  return (
    <CrumbSlot value={slot}>
      <div className={classes.shell} data-collapsed={rail.collapsed || undefined}>
        <a href="#main" className={classes.skip}>
          Skip to the page
        </a>
        <Rail admin={user.is_admin} collapsed={rail.collapsed} onCollapse={rail.fold} />
        <header className={classes.bar}>
          <nav ref={setSlot} className={classes.crumbs} aria-label="Breadcrumbs" />
          <LiveDot />
          <SearchButton places={placesOf(user)} admin={user.is_admin} />
          <ThemeSwitch />
          <UserMenu user={user} onKeys={() => setHelp(true)} />
        </header>
        <main id="main" className={classes.main} tabIndex={-1}>
          <Outlet />
        </main>
        <p className={classes.said} role="status">
          {copied && <span>Link copied</span>}
        </p>
      </div>
      {help && (
        <Suspense fallback={null}>
          <KeysDialog onClose={() => setHelp(false)} />
        </Suspense>
      )}
    </CrumbSlot>
  );
}

function useRail(): { collapsed: boolean; fold(): void } {
  const [collapsed, setCollapsed] = useState(() => recall(RAIL) === "narrow");
  const fold = () => {
    remember(RAIL, collapsed ? "wide" : "narrow");
    setCollapsed(!collapsed);
  };
  return { collapsed, fold };
}

const placesOf = ({ is_admin }: Me["user"]) =>
  EVERYWHERE.filter((part) => !part.admin || is_admin).map(({ text, to, key }) => ({
    text,
    to,
    keys: key && `g ${key}`,
  }));

/** What can be done on every page. */
function useFrameActions(fold: () => void, help: () => void, copyLink: () => void): void {
  const navigate = useNavigate();
  const { setColorScheme } = useMantineColorScheme();
  useActions([
    { id: "connect", text: "Connect a project", run: () => void navigate(paths.newProject()) },
    { id: "copy", text: "Copy the link of this page", keys: "y", run: copyLink },
    { id: "rail", text: "Narrow or widen the rail", keys: "[", run: fold },
    { id: "keys", text: "Show all keys", keys: "?", run: help },
    { id: "light", text: "Light colours", run: () => setColorScheme("light") },
    { id: "dark", text: "Dark colours", run: () => setColorScheme("dark") },
    { id: "auto", text: "Colours as the system has them", run: () => setColorScheme("auto") },
  ]);
}
