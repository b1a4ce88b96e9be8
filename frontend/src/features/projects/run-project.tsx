import { Button } from "@mantine/core";
import { useState } from "react";
import { Dialog } from "@/components/dialog";
import type { Project } from "@/lib/api/types";
import { RunForm } from "./run-form";

/** Starts a build by hand and goes to its log. */
export function RunProject({ project }: { project: Project }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>Run…</Button>
      <Dialog opened={open} onClose={() => setOpen(false)} title={`Run ${project.name}`}>
        <RunForm project={project} />
      </Dialog>
    </>
  );
}
