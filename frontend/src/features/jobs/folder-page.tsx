/** A folder: the folders in it, its jobs with their last builds, and what was copied of them for branches and pull requests. */
import { Button } from "@mantine/core";
import { useRef, useState } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { Crumbs } from "@/components/crumbs";
import { Empty } from "@/components/empty";
import form from "@/components/forms.module.css";
import { crumbsOf, lastName } from "@/components/job-crumbs";
import { Loaded } from "@/components/loaded";
import { Page, Section } from "@/components/page";
import { itemsOf, More } from "@/components/rows-of-pages";
import box from "@/components/select-box.module.css";
import { useActions } from "@/lib/actions";
import type { Folder } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { useKeys } from "@/lib/use-keys";
import { useTitle } from "@/lib/use-title";
import { TOP, useFolder, useFolders } from "./api/folders";
import { useJobs } from "./api/jobs";
import { FolderDialog, RemoveFolder } from "./folder-dialogs";
import { FolderRows } from "./folder-rows";

export function FolderPage({ path }: { path: string }) {
  if (!path) return <Content folder={null} />;
  return <Named path={path} />;
}

function Named({ path }: { path: string }) {
  return (
    <Loaded query={useFolder(path)} rows={8}>
      {(folder) => <Content folder={folder} />}
    </Loaded>
  );
}

/** At the top there is no folder. */
function Content({ folder }: { folder: Folder | null }) {
  const path = folder?.path ?? "";
  useTitle(path ? `Folder ${path}` : "Jobs");
  const navigate = useNavigate();
  useActions([
    { id: "new-job", text: path ? `New job in ${path}` : "New job", run: () => void navigate(paths.newJob(path)) },
  ]);
  const [query, setQuery] = useSearchParams();
  const q = query.get("q") ?? "";
  return (
    <Page title={path ? lastName(path) : "Jobs"} actions={<Acts folder={folder} />}>
      <Crumbs items={crumbsOf(path)} />
      <Section
        title={q ? `Named like “${q}”` : path ? `In ${path}` : "Folders and jobs"}
        actions={<Search q={q} onType={(text) => setQuery(text ? { q: text } : {}, { replace: true })} />}
      >
        {q ? <Found q={q} /> : <Inside path={path} />}
      </Section>
      <p className="in-text">
        <Link to={paths.builds()}>All builds</Link>, also those of projects without a job.
      </p>
    </Page>
  );
}

function Acts({ folder }: { folder: Folder | null }) {
  const [dialog, setDialog] = useState<"new" | "change" | "remove" | null>(null);
  const close = () => setDialog(null);
  return (
    <>
      {folder?.changeable && (
        <>
          <Button variant="default" onClick={() => setDialog("change")}>
            Rename or move…
          </Button>
          <Button variant="default" onClick={() => setDialog("remove")}>
            Remove…
          </Button>
        </>
      )}
      <Button variant="default" onClick={() => setDialog("new")}>
        New folder…
      </Button>
      <Button component={Link} to={paths.newJob(folder?.path)}>
        New job
      </Button>
      {dialog === "new" && <FolderDialog parent={folder?.path ?? ""} onClose={close} />}
      {dialog === "change" && folder && <FolderDialog folder={folder} onClose={close} />}
      {dialog === "remove" && folder && <RemoveFolder folder={folder} onClose={close} />}
    </>
  );
}

function Search({ q, onType }: { q: string; onType(text: string): void }) {
  const input = useRef<HTMLInputElement>(null);
  useKeys({ "/": () => input.current?.focus() });
  return (
    <search className={form.filters}>
      <input
        ref={input}
        type="search"
        className={box.search}
        aria-label="Find jobs and folders"
        placeholder="Part of a path  /"
        value={q}
        onChange={(event) => onType(event.currentTarget.value)}
      />
    </search>
  );
}

function Inside({ path }: { path: string }) {
  const folders = useFolders({ parent: path || TOP });
  const jobs = useJobs({ folder: path || TOP });
  return (
    <Loaded query={folders}>
      {(some) => (
        <Loaded query={jobs}>
          {(data) => {
            const [inside, here] = [itemsOf(some), itemsOf(data)];
            if (!inside.length && !here.length) return <Nothing path={path} />;
            return (
              <>
                <FolderRows folders={inside} jobs={here} />
                <More query={folders} />
                <More query={jobs} />
              </>
            );
          }}
        </Loaded>
      )}
    </Loaded>
  );
}

function Nothing({ path }: { path: string }) {
  return (
    <Empty title={path ? "Nothing is in this folder yet" : "No job yet"}>
      <p>
        A job is something to run by itself, at a time, or when a repository changes: a definition that is kept here or
        in a repository. Its builds run on own agents.
      </p>
      <Button component={Link} to={paths.newJob(path)} size="xs">
        New job
      </Button>
    </Empty>
  );
}

function Found({ q }: { q: string }) {
  const folders = useFolders({ q });
  const jobs = useJobs({ q });
  return (
    <Loaded query={jobs}>
      {(data) => {
        const here = itemsOf(data);
        const inside = folders.data ? itemsOf(folders.data) : [];
        if (!inside.length && !here.length)
          return <Empty title="No job and no folder is called so">Others may exist that you may not see.</Empty>;
        return (
          <>
            <FolderRows folders={inside} jobs={here} whole />
            <More query={jobs} />
          </>
        );
      }}
    </Loaded>
  );
}
