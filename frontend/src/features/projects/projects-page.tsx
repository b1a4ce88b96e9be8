/** The projects; typing searches on the server by name and repository. */
import { Button } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useEffect, useRef, useState } from "react";
import { Link, useSearchParams } from "react-router";
import { Crumbs } from "@/components/crumbs";
import { Empty } from "@/components/empty";
import { Loaded } from "@/components/loaded";
import { Page, Section } from "@/components/page";
import { itemsOf, More } from "@/components/rows-of-pages";
import box from "@/components/select-box.module.css";
import { useProjects } from "@/lib/api/calls/get-projects";
import { paths } from "@/lib/paths";
import { useKeys } from "@/lib/use-keys";
import { useTitle } from "@/lib/use-title";
import { ProjectRows } from "./project-rows";

export function ProjectsPage() {
  useTitle("Projects");
  const { typed, setTyped, wanted } = useTypedSearch();
  const projects = useProjects(wanted);
  const input = useRef<HTMLInputElement>(null);
  useKeys({ "/": () => input.current?.focus() });
  return (
    <Page
      title="Projects"
      actions={
        <Button component={Link} to={paths.newProject()}>
          Connect a project
        </Button>
      }
    >
      <Crumbs items={[{ text: "Projects" }]} />
      <Section
        title="By name"
        actions={
          <input
            ref={input}
            type="search"
            className={box.search}
            aria-label="Filter projects"
            placeholder="Filter by name or repository  /"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        }
      >
        <Loaded query={projects}>
          {(data) => {
            const items = itemsOf(data);
            if (!items.length)
              return wanted ? (
                <Empty title={`No project matches “${wanted}”`} />
              ) : (
                <Empty title="No project yet">Connect a project, or load the demo from the home page.</Empty>
              );
            return (
              <>
                <ProjectRows projects={items} />
                <More query={projects} />
              </>
            );
          }}
        </Loaded>
      </Section>
    </Page>
  );
}

/** What is typed shows at once; the address and the server follow when the typing rests. */
function useTypedSearch() {
  const [query, setQuery] = useSearchParams();
  const asked = query.get("q") ?? "";
  const [typed, setTyped] = useState(asked);
  const [wanted] = useDebouncedValue(typed.trim(), 200);
  const written = useRef(asked);
  useEffect(() => {
    if (wanted === written.current) return;
    written.current = wanted;
    setQuery(wanted ? { q: wanted } : {}, { replace: true });
  }, [wanted, setQuery]);
  useEffect(() => {
    if (asked === written.current) return;
    written.current = asked;
    setTyped(asked);
  }, [asked]);
  return { typed, setTyped, wanted };
}
