import { Button } from "@mantine/core";
import { useEffect } from "react";
import { useBlocker } from "react-router";
import { Dialog } from "./dialog";
import classes from "./forms.module.css";

/** Asks before a page is left on which something is not saved; for a page that is closed or loaded anew the browser asks. */
interface Props {
  dirty: boolean;
  onSave(): void;
  /** A parameter of the address that chooses what is shown: with another one the page is left, too. */
  part?: string;
}

export function LeaveGuard({ dirty, onSave, part }: Props) {
  const blocker = useBlocker(
    ({ currentLocation: here, nextLocation: next }) =>
      dirty && (here.pathname !== next.pathname || (part !== undefined && partOf(here, part) !== partOf(next, part))),
  );
  useEffect(() => {
    if (!dirty) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [dirty]);
  const stay = () => blocker.reset?.();
  return (
    <Dialog opened={blocker.state === "blocked"} onClose={stay} title="Leave without saving?">
      <div className={classes.dialog}>
        <p>What you changed here is not saved yet.</p>
        <div className={classes.row}>
          <Button
            onClick={() => {
              stay();
              onSave();
            }}
          >
            Stay and save
          </Button>
          <Button variant="default" onClick={stay}>
            Stay
          </Button>
          <Button variant="subtle" color="danger" onClick={() => blocker.proceed?.()}>
            Leave, and lose it
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

const partOf = ({ search }: { search: string }, name: string) => new URLSearchParams(search).get(name);
