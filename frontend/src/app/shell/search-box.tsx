/** Finds projects; Ctrl-K or ⌘-K from anywhere leads here. */
import { useEffect, useRef } from "react";
import { useNavigate } from "react-router";
import { paths } from "@/lib/paths";
import classes from "./shell.module.css";

export function SearchBox() {
  const input = useRef<HTMLInputElement>(null);
  const navigate = useNavigate();
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, []);
  return (
    <search className={classes.search}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void navigate(paths.projects(input.current?.value.trim()));
        }}
      >
        <input ref={input} type="text" aria-label="Search projects" placeholder="Search projects" />
        <span className={classes.hint} aria-hidden="true">
          Ctrl K
        </span>
      </form>
    </search>
  );
}
