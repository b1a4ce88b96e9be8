/** A link to another tree, or to an event of it, by the name of its root as soon as that is known. */
import { Link } from "react-router";
import { paths } from "@/lib/paths";
import { useTree } from "../api/get-tree";

export function TreeLink({ tree, sub }: { tree: string; sub?: string }) {
  const root = useTree(tree).data?.root;
  const version = root?.commit?.slice(0, 7) ?? root?.tag ?? "";
  const name = root ? `${root.project?.name ?? "Private project"} ${version}`.trim() : `…${tree.slice(-6)}`;
  return (
    <Link to={sub ? paths.event(tree, sub) : paths.tree(tree)}>
      {name}
      {sub && `, event ${sub}`}
    </Link>
  );
}
