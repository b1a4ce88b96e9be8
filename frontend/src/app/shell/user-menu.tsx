import { Menu } from "@mantine/core";
import { useNavigate } from "react-router";
import { useSignOut } from "@/lib/api/calls/sign-out";
import { paths } from "@/lib/paths";
import classes from "./shell.module.css";

/** Who is signed in, and the way out. */
export function UserMenu({ name }: { name: string }) {
  const signOut = useSignOut();
  const navigate = useNavigate();
  return (
    <Menu position="bottom-end" width={200} withinPortal={false}>
      <Menu.Target>
        <button type="button" className={classes.icon} aria-label={`Account: ${name}`}>
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
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => navigate(paths.setup())}>Change password</Menu.Item>
        <Menu.Item onClick={() => signOut.mutate(undefined, { onSuccess: () => navigate(paths.login()) })}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
