/** An empty installation: what can be done now. */
import { Button } from "@mantine/core";
import { Link } from "react-router";
import { Copyable } from "@/components/copyable";
import { asApiError } from "@/lib/api/problem";
import { paths } from "@/lib/paths";
import { useLoadDemo } from "./api/load-demo";
import classes from "./home.module.css";

export function FirstSteps() {
  const demo = useLoadDemo();
  return (
    <div className={classes.cards}>
      <section className={classes.card}>
        <h2>See it fall</h2>
        <p>
          The demo is seven small repositories that depend on each other. Its first push sets off a tree that runs to
          the end in about a minute, on the agent that came with this installation. It can be removed with one click.
        </p>
        {demo.error && <p role="alert">{asApiError(demo.error).detail}</p>}
        <Button loading={demo.isPending} onClick={() => demo.mutate()}>
          Load the demo
        </Button>
      </section>
      <section className={classes.card}>
        <h2>Connect a project</h2>
        <p>
          A project is a repository with one pipeline. Give its name and address; you get a token and the one command
          that reports its success.
        </p>
        <Button component={Link} to={paths.newProject()} variant="default">
          Connect a project
        </Button>
      </section>
      <section className={classes.card}>
        <h2>Bring the whole graph</h2>
        <p>
          Many projects at once come from one YAML file, which can live in git. The command shows what would change
          before it changes anything.
        </p>
        <Copyable label="command that plans a graph file" text="dominoci apply -f dominoci.yml --plan" />
      </section>
    </div>
  );
}
