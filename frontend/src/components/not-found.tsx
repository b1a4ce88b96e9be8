/** One page for what does not exist and for what the viewer may not see, so that neither can be told from the other. */
import { Button, TextInput } from "@mantine/core";
import type { FormEvent } from "react";
import { Link, useNavigate } from "react-router";
import { paths } from "@/lib/paths";
import { useTitle } from "@/lib/use-title";
import classes from "./panels.module.css";

export function NotFound() {
  useTitle("Not found", null, { found: false });
  const navigate = useNavigate();
  const search = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const q = String(new FormData(event.currentTarget).get("q") ?? "").trim();
    void navigate(paths.projects(q));
  };
  return (
    <div className={classes.empty}>
      <h1>Does not exist, or you may not see it</h1>
      <p className="muted">The address may be mistyped, the thing deleted, or your account not allowed to see it.</p>
      <search>
        <form className={classes.again} onSubmit={search}>
          <TextInput
            className={classes.query}
            type="search"
            name="q"
            aria-label="Search projects"
            placeholder="A project, or its repository"
          />
          <Button type="submit" variant="default">
            Search
          </Button>
        </form>
      </search>
      <p className="in-text">
        <Link to={paths.home()}>Home</Link> · <Link to={paths.projects()}>All projects</Link> ·{" "}
        <Link to={paths.trees()}>All trees</Link>
      </p>
    </div>
  );
}
