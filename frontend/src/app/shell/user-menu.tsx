/** Who is signed in, and the way out. */
import { useClickOutside } from "@mantine/hooks";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { useSignOut } from "@/lib/api/calls/sign-out";
import { paths } from "@/lib/paths";
import classes from "./shell.module.css";

export function UserMenu({ name }: { name: string }) {
  const [open, setOpen] = useState(false);
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
          <li>
            <Link to={paths.setup()}>Change password</Link>
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
