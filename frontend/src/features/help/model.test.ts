import { expect, it } from "vitest";
import { findHeadings, type PageOutline, plain } from "./model";

const pages: PageOutline[] = [
  {
    name: "connect-jenkins",
    title: "Connect Jenkins",
    headings: [
      { level: 1, id: "", text: "Connect Jenkins" },
      { level: 2, id: "2-make-its-token", text: "2. Make its token" },
    ],
  },
  {
    name: "permissions",
    title: "Who may do what",
    headings: [
      { level: 1, id: "", text: "Who may do what" },
      { level: 2, id: "tokens", text: "Tokens" },
    ],
  },
];
const found = (query: string) => findHeadings(pages, query).map(({ page, heading }) => `${page.name}#${heading.id}`);

it("finds headings by the beginnings of their words", () => {
  expect(found("tok")).toEqual(["connect-jenkins#2-make-its-token", "permissions#tokens"]);
  expect(found("oken")).toEqual([]);
  expect(found("  ")).toEqual([]);
});

it("takes some of the words from the page's title, and shows titles first", () => {
  expect(found("jenkins token")).toEqual(["connect-jenkins#2-make-its-token"]);
  expect(found("connect")).toEqual(["connect-jenkins#"]);
});

it("reads marks as the words in them", () => {
  expect(plain(["a ", { is: "code", text: "b" }, " ", { is: "link", to: "/", of: [{ is: "em", of: ["c"] }] }])).toBe(
    "a b c",
  );
});
