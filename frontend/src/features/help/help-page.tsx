/** One page of the docs, or their index. */

import pages from "virtual:help/pages";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useLocation, useParams } from "react-router";
import { Crumbs } from "@/components/crumbs";
import { Loaded } from "@/components/loaded";
import { NotFound } from "@/components/not-found";
import { paths } from "@/lib/paths";
import { useTitle } from "@/lib/use-title";
import { Blocks } from "./blocks";
import classes from "./help.module.css";
import type { HelpPage } from "./model";

const INDEX = "README";

export function HelpPageView() {
  const { page = INDEX } = useParams();
  const load = Object.hasOwn(pages, page) ? pages[page] : undefined;
  return load ? <Fetched key={page} name={page} load={load} /> : <NotFound />;
}

function Fetched({ name, load }: { name: string; load: () => Promise<{ default: HelpPage }> }) {
  const query = useQuery({
    queryKey: ["help", name],
    queryFn: async () => (await load()).default,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <div className={classes.main}>
      <Loaded query={query} rows={12}>
        {(page) => <Article name={name} page={page} />}
      </Loaded>
    </div>
  );
}

function Article({ name, page }: { name: string; page: HelpPage }) {
  useTitle(name === INDEX ? "Help" : `${page.title} — help`);
  useAnchor();
  const help = { text: "Help", to: paths.help() };
  return (
    <>
      <Crumbs items={name === INDEX ? [{ text: "Help" }] : [help, { text: page.title }]} />
      <article className={classes.article}>
        <Blocks blocks={page.blocks} />
      </article>
    </>
  );
}

/** Shows the part that the address names once it is there: the page comes after the address. */
export function useAnchor(): void {
  const { hash, key } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same anchor once more is another wish to see it
  useEffect(() => {
    if (hash) document.getElementById(decodeURIComponent(hash.slice(1)))?.scrollIntoView({ block: "start" });
  }, [hash, key]);
}
