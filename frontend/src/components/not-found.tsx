/** One page for what does not exist and for what the viewer may not see, so that neither can be told from the other. */
import { Link } from "react-router";
import { paths } from "@/lib/paths";
import { useTitle } from "@/lib/use-title";
import classes from "./panels.module.css";

export function NotFound() {
  useTitle("Not found");
  return (
    <div className={classes.empty}>
      <h1>Does not exist, or you may not see it</h1>
      <p className="muted">The address may be mistyped, the thing deleted, or your account not allowed to see it.</p>
      <p>
        <Link to={paths.home()}>Home</Link> · <Link to={paths.projects()}>All projects</Link> ·{" "}
        <Link to={paths.trees()}>All trees</Link>
      </p>
    </div>
  );
}
