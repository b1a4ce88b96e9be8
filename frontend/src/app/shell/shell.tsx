/** The frame around every page: rail, top bar, and the live connection that all of them share. */
import { useState } from "react";
import { Navigate, Outlet, useLocation } from "react-router";
import { CrumbSlot } from "@/components/crumbs";
import { SearchBox } from "@/features/search/search-box";
import { useMe } from "@/lib/api/calls/get-me";
import { LiveProvider } from "@/lib/live/live-context";
import { feedKeys, useLiveLists } from "@/lib/live/use-live-lists";
import { paths } from "@/lib/paths";
import { LiveDot } from "./live-dot";
import { Rail } from "./rail";
import classes from "./shell.module.css";
import { ThemeSwitch } from "./theme-switch";
import { UserMenu } from "./user-menu";

export function Shell() {
  const { data: me } = useMe();
  const { pathname, search, hash } = useLocation();
  if (!me) return <Navigate to={paths.login(pathname + search + hash)} replace />;
  return (
    <LiveProvider>
      <Frame name={me.user.name} />
    </LiveProvider>
  );
}

function Frame({ name }: { name: string }) {
  const [slot, setSlot] = useState<HTMLElement | null>(null);
  useLiveLists("feed", feedKeys);
  return (
    <CrumbSlot value={slot}>
      <div className={classes.shell}>
        <a href="#main" className={classes.skip}>
          Skip to the page
        </a>
        <Rail />
        <header className={classes.bar}>
          <nav ref={setSlot} className={classes.crumbs} aria-label="Breadcrumbs" />
          <LiveDot />
          <SearchBox />
          <ThemeSwitch />
          <UserMenu name={name} />
        </header>
        <main id="main" className={classes.main} tabIndex={-1}>
          <Outlet />
        </main>
      </div>
    </CrumbSlot>
  );
}
