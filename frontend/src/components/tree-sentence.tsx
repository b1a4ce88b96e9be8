/** A sentence of the server in which each tree's id is a short link to the tree. */
import { Link } from "react-router";
import { paths } from "@/lib/paths";

const ID = /([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/;

export function TreeSentence({ text }: { text: string }) {
  return (
    <span className="in-text" title={text}>
      {text.split(ID).map((part, i) =>
        i % 2 ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: an id may come twice, and the parts never move
          <Link key={i} to={paths.tree(part)}>
            …{part.slice(-6)}
          </Link>
        ) : (
          part
        ),
      )}
    </span>
  );
}
