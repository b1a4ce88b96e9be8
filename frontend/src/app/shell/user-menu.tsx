/** Who is signed in, and the way out. */
import { useClickOutside } from "@mantine/hooks";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { useSignOut } from "@/lib/api/calls/sign-out";
import type { Me } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { EVERYWHERE } from "./places";
import classes from "./shell.module.css";

export function UserMenu({ user: { name, is_admin }, onKeys }: { user: Me["user"]; onKeys(): void }) {
  const [open, setOpen] = useState(false);
  const others = EVERYWHERE.filter((part) => !part.narrow && part.to !== paths.help() && (!part.admin || is_admin));
  const signOut = useSignOut();
  const navigate = useNavigate();
  const box = useClickOutside<HTMLDivElement>(() => setOpen(false));
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes it wherever the focus is within
    <div ref={box} className={classes.account} onKeyDown={(event) => event.key === "Escape" && setOpen(false)}>
      <button
        type="button"
        className={classes.icon}
        aria-expanded={open}
        aria-label={`Account: ${name}`}
        onClick={() => setOpen(!open)}
      >
        <svg
          width="18"
          height="18"
          viewBox="0 0 18 18"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.5"
          aria-hidden="true"
        >
          <circle cx="9" cy="6" r="3" />
          <path d="M3 16c.6-3.4 3-5 6-5s5.4 1.6 6 5" />
        </svg>
        <span className={classes.name}>{name}</span>
      </button>
      {open && (
        <ul className={classes.menu}>
          {others.map(({ to, text }) => (
            <li key={to} className={classes.narrow}>
              <Link to={to} onClick={() => setOpen(false)}>
                {text}
              </Link>
            </li>
          ))}
          <li>
            <Link to={paths.me()} onClick={() => setOpen(false)}>
              Your account
            </Link>
          </li>
          <li>
            <Link to={paths.help()} onClick={() => setOpen(false)}>
              Help
            </Link>
          </li>
          <li>
            <button
              type="button"
              onClick={() => {
                setOpen(false);
                onKeys();
              }}
            >
              Keys
            </button>
          </li>
          <li>
            <button
              type="button"
              disabled={signOut.isPending}
              onClick={() => signOut.mutate(undefined, { onSuccess: () => void navigate(paths.login()) })}
            >
              Sign out
            </button>
          </li>
        </ul>
      )}
    </div>
  );
}
