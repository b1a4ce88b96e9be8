/** The frame of pages that may be read by people who are not signed in. */
import { useState } from "react";
import { Link, Outlet, useLocation } from "react-router";
import { CrumbSlot } from "@/components/crumbs";
import { Mark } from "@/components/mark";
import { paths } from "@/lib/paths";
import classes from "./open-frame.module.css";
import { ThemeSwitch } from "./theme-switch";

export function OpenFrame() {
  const [slot, setSlot] = useState<HTMLElement | null>(null);
  const { pathname, search, hash } = useLocation();
  return (
    <CrumbSlot value={slot}>
      <div className={classes.frame}>
        <header className={classes.bar}>
          <Link to={paths.home()} className={classes.brand} aria-label="DominoCI, home">
            <Mark />
          </Link>
          <nav ref={setSlot} className={classes.crumbs} aria-label="Breadcrumbs" />
          <ThemeSwitch />
          <Link to={paths.login(pathname + search + hash)}>Sign in</Link>
        </header>
        <main id="main" className={classes.main}>
          <Outlet />
        </main>
      </div>
    </CrumbSlot>
  );
}
