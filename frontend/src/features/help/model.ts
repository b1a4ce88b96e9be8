/** A page of the docs as data: what frontend/help makes of the Markdown, and what the help shows. Nothing in it is HTML. */

export type Inline =
  | string
  | { is: "code"; text: string }
  | { is: "strong" | "em"; of: Inline[] }
  /** `to` is an address within the app unless `out`. */
  | { is: "link"; to: string; out?: true; of: Inline[] }
  | { is: "image"; src: string; alt: string; width: number; height: number };

export type Block =
  | { is: "heading"; level: number; id: string; of: Inline[] }
  | { is: "paragraph"; of: Inline[] }
  | { is: "code"; language: string; text: string }
  | { is: "list"; ordered: boolean; items: Block[][] }
  | { is: "quote"; of: Block[] }
  | { is: "table"; head: Inline[][]; rows: Inline[][][] };

export interface HelpPage {
  title: string;
  blocks: Block[];
}

/** A heading that can be found; of the page's own title the id is empty. */
export interface Heading {
  level: number;
  id: string;
  text: string;
}

export interface PageOutline {
  name: string;
  title: string;
  headings: Heading[];
}

/** The part of the index that a page is listed in, and what it is called there. */
export interface Group {
  title: string;
  pages: { name: string; text: string }[];
}

export interface Outline {
  groups: Group[];
  pages: PageOutline[];
}

export interface Found {
  page: PageOutline;
  heading: Heading;
}

const MOST_FOUND = 30;

/** Headings in which every word of the query begins a word; pages' titles first. The page's title may supply some of the words. */
export function findHeadings(pages: PageOutline[], query: string): Found[] {
  const wanted = wordsOf(query);
  if (!wanted.length) return [];
  const found: Found[] = [];
  for (const page of pages)
    for (const heading of page.headings) {
      const own = wordsOf(heading.text);
      const all = [...own, ...wordsOf(page.title)];
      if (begins(own, wanted, "some") && begins(all, wanted, "every")) found.push({ page, heading });
    }
  return found.sort((a, b) => a.heading.level - b.heading.level).slice(0, MOST_FOUND);
}

const wordsOf = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];

function begins(words: string[], wanted: string[], how: "some" | "every"): boolean {
  return wanted[how]((one) => words.some((word) => word.startsWith(one)));
}

/** The words of a line of text, without its marks. */
export function plain(of: Inline[]): string {
  return of
    .map((part) => {
      if (typeof part === "string") return part;
      if (part.is === "code") return part.text;
      return part.is === "image" ? part.alt : plain(part.of);
    })
    .join("");
}
