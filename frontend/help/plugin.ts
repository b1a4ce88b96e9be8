/** The docs as modules: `virtual:help/outline` with all headings, `virtual:help/pages` with a chunk for each page. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";
import type { Outline } from "../src/features/help/model.ts";
import { compilePage, groupsOf, INDEX, outlineOf, type Pictures } from "./compile.ts";

const DOCS = fileURLToPath(new URL("../../docs", import.meta.url));
const PREFIX = "virtual:help/";
const LARGEST_PICTURE = 150_000;
const PICTURE = /"@@(\d+)@@"/g;

export function helpPlugin(): Plugin {
  return {
    name: "dominoci-help",
    resolveId: (id) => (id.startsWith(PREFIX) ? `\0${id}` : null),
    load(id) {
      if (!id.startsWith(`\0${PREFIX}`)) return null;
      const what = id.slice(PREFIX.length + 1);
      for (const name of names()) this.addWatchFile(file(name));
      if (what === "outline") return `export default ${JSON.stringify(outline())}`;
      return what === "pages" ? loaders() : pageModule(what.slice("page/".length));
    },
  };
}

const file = (name: string) => join(DOCS, `${name}.md`);
const names = () =>
  readdirSync(DOCS)
    .filter((one) => one.endsWith(".md"))
    .map((one) => basename(one, ".md"));

function outline(): Outline {
  const none: Pictures = () => null;
  const pages = names().map((name) => [name, compile(name, none)] as const);
  const index = pages.find(([name]) => name === INDEX);
  return {
    groups: index ? groupsOf(index[1]) : [],
    pages: pages.filter(([name]) => name !== INDEX).map(([name, page]) => outlineOf(name, page)),
  };
}

function loaders(): string {
  const entries = names().map((name) => `${JSON.stringify(name)}: () => import("${PREFIX}page/${name}")`);
  return `export default {${entries.join(",\n")}}`;
}

/** Pictures become assets of the build; larger ones stay out of the app. */
function pageModule(name: string): string {
  const imports: string[] = [];
  const page = compile(name, (path) => {
    const picture = join(DOCS, path);
    if (!existsSync(picture) || statSync(picture).size > LARGEST_PICTURE) return null;
    imports.push(`import p${imports.length} from ${JSON.stringify(`${picture}?url`)};`);
    return { src: `@@${imports.length - 1}@@`, ...sizeOfPng(readFileSync(picture)) };
  });
  return `${imports.join("\n")}\nexport default ${JSON.stringify(page).replace(PICTURE, "p$1")}`;
}

function compile(name: string, pictures: Pictures) {
  try {
    return compilePage(readFileSync(file(name), "utf8"), pictures);
  } catch (error) {
    throw new Error(`docs/${name}.md: ${error instanceof Error ? error.message : error}`);
  }
}

/** PNG (ISO 15948, 11.2.2): width and height stand behind the signature, in the IHDR chunk. */
function sizeOfPng(content: Buffer): { width: number; height: number } {
  return { width: content.readUInt32BE(16), height: content.readUInt32BE(20) };
}
