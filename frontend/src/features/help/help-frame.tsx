/** The frame of the help: its pages by group, a search over their headings, and the page that is read. */

import outline from "virtual:help/outline";
import { TextInput } from "@mantine/core";
import { Link, NavLink, Outlet, useLocation, useSearchParams } from "react-router";
import { paths } from "@/lib/paths";
import classes from "./help.module.css";
import { findHeadings, type Group, type PageOutline } from "./model";

const REFERENCE = "api-reference";

export function HelpFrame() {
  const [params, setParams] = useSearchParams();
  const { hash } = useLocation();
  const query = params.get("find") ?? "";
  const search = (text: string) => setParams(text ? { find: text } : {}, { replace: true, preventScrollReset: true });
  return (
    <div className={classes.frame}>
      <aside className={classes.side}>
        <TextInput
          type="search"
          aria-label="Find in the help"
          placeholder="Find in the help"
          value={query}
          onChange={(event) => search(event.currentTarget.value)}
        />
        {query ? <FoundList query={query} /> : <Contents hash={hash} />}
      </aside>
      <Outlet />
    </div>
  );
}

function Contents({ hash }: { hash: string }) {
  return (
    <nav aria-label="Help" className={classes.contents}>
      <NavLink to={paths.help()} end className={classes.page}>
        All of the help
      </NavLink>
      <NavLink to={paths.help(REFERENCE)} className={classes.page}>
        API reference
      </NavLink>
      {outline.groups.map((group) => (
        <ContentsGroup key={group.title} group={group} hash={hash} />
      ))}
    </nav>
  );
}

function ContentsGroup({ group, hash }: { group: Group; hash: string }) {
  return (
    <section>
      <h2>{group.title}</h2>
      <ul>
        {group.pages.map(({ name, text }) => (
          <li key={name}>
            <NavLink to={paths.help(name)} className={classes.page}>
              {({ isActive }) => titled(text, isActive)}
            </NavLink>
            <PageParts name={name} hash={hash} />
          </li>
        ))}
      </ul>
    </section>
  );
}

const titled = (text: string, isActive: boolean) => (isActive ? <strong>{text}</strong> : text);

/** The parts of the page that is open. */
function PageParts({ name, hash }: { name: string; hash: string }) {
  const { pathname } = useLocation();
  if (pathname !== paths.help(name)) return null;
  const parts = pageOf(name)?.headings.filter(({ level }) => level === 2) ?? [];
  return (
    <ul className={classes.parts}>
      {parts.map(({ id, text }) => (
        <li key={id}>
          <Link to={`#${id}`} aria-current={hash === `#${id}` ? "location" : undefined}>
            {text}
          </Link>
        </li>
      ))}
    </ul>
  );
}

const pageOf = (name: string): PageOutline | undefined => outline.pages.find((page) => page.name === name);

function FoundList({ query }: { query: string }) {
  const found = findHeadings(outline.pages, query);
  return (
    <nav aria-label="Found in the help" className={classes.contents}>
      <p role="status" className="muted">
        {found.length ? `${found.length} headings` : "No heading has these words. Try fewer of them."}
      </p>
      <ul>
        {found.map(({ page, heading }) => (
          <li key={`${page.name}#${heading.id}`}>
            <Link to={paths.help(page.name, heading.id)} className={classes.page}>
              {heading.text}
              {heading.id && <small>{page.title}</small>}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
