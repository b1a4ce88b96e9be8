/** Shows the docs' data: headings that can be linked to, text, code that can be copied, tables that scroll by themselves. */
import { createElement, type ReactNode } from "react";
import { Link } from "react-router";
import { useCopy } from "@/lib/use-copy";
import classes from "./help.module.css";
import { type Block, type Inline, plain } from "./model";

export function Blocks({ blocks }: { blocks: Block[] }) {
  return blocks.map((block, at) => <OneBlock key={at.toString()} block={block} />);
}

function OneBlock({ block }: { block: Block }): ReactNode {
  switch (block.is) {
    case "heading":
      return <Heading block={block} />;
    case "paragraph":
      return <p>{inline(block.of)}</p>;
    case "code":
      return <CodeBlock language={block.language} text={block.text} />;
    case "list":
      return <List block={block} />;
    case "quote":
      return (
        <blockquote>
          <Blocks blocks={block.of} />
        </blockquote>
      );
    case "table":
      return <Table block={block} />;
  }
}

function Heading({ block }: { block: Extract<Block, { is: "heading" }> }) {
  const level = Math.min(block.level, 6);
  const anchor = level > 1 && (
    <Link to={`#${block.id}`} className={classes.anchor} aria-label={`Link to ${plain(block.of)}`}>
      #
    </Link>
  );
  return createElement(`h${level}`, { id: block.id, className: classes.heading }, inline(block.of), anchor);
}

function List({ block }: { block: Extract<Block, { is: "list" }> }) {
  const items = block.items.map((item, at) => <li key={at.toString()}>{listItem(item)}</li>);
  return block.ordered ? <ol>{items}</ol> : <ul>{items}</ul>;
}

/** An item of one line is no paragraph. */
function listItem(item: Block[]): ReactNode {
  return item.map((block, at) =>
    at === 0 && block.is === "paragraph" ? inline(block.of) : <OneBlock key={at.toString()} block={block} />,
  );
}

function Table({ block }: { block: Extract<Block, { is: "table" }> }) {
  const bare = block.head.every((cell) => !plain(cell));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <div className={classes.table} tabIndex={0}>
      <table>
        {!bare && (
          <thead>
            <tr>
              {block.head.map((cell, at) => (
                <th key={at.toString()} scope="col">
                  {inline(cell)}
                </th>
              ))}
            </tr>
          </thead>
        )}
        <tbody>
          {block.rows.map((row, at) => (
            <tr key={at.toString()}>
              {row.map((cell, column) => (
                <td key={column.toString()}>{inline(cell)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function CodeBlock({ text, language = "", label = "the code" }: CodeProps) {
  const { copied, copy } = useCopy();
  const prose = language === "text";
  return (
    <div className={classes.code} data-language={language || undefined}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>{text}</pre>
      {!prose && (
        <button type="button" onClick={() => copy(text)} aria-label={`Copy ${label}`}>
          {copied ? "Copied" : "Copy"}
        </button>
      )}
    </div>
  );
}

interface CodeProps {
  text: string;
  language?: string;
  /** What the button says that it copies. */
  label?: string;
}

function inline(of: Inline[]): ReactNode {
  return of.map((part, at) => (typeof part === "string" ? part : <Part key={at.toString()} part={part} />));
}

function Part({ part }: { part: Exclude<Inline, string> }): ReactNode {
  switch (part.is) {
    case "code":
      return <code>{part.text}</code>;
    case "strong":
      return <strong>{inline(part.of)}</strong>;
    case "em":
      return <em>{inline(part.of)}</em>;
    case "image":
      return <img src={part.src} alt={part.alt} width={part.width} height={part.height} loading="lazy" />;
    case "link":
      if (!part.out) return <Link to={part.to}>{inline(part.of)}</Link>;
      return (
        <a href={part.to} target="_blank" rel="noreferrer">
          {inline(part.of)}
        </a>
      );
  }
}
