/** Every shortcut, where it works. */
import { Dialog } from "@/components/dialog";
import { areKeysOff } from "@/lib/use-keys";
import classes from "./keys-dialog.module.css";

type Line = [keys: string, what: string];

const GROUPS: { name: string; lines: Line[] }[] = [
  {
    name: "Everywhere",
    lines: [
      ["Ctrl K · ⌘ K", "search and commands"],
      [".", "commands of this page"],
      ["/", "filter of the page, else search"],
      ["j · k", "next, previous row"],
      ["f · F", "next, previous that went wrong"],
      ["Enter", "open it"],
      ["Esc", "close, then clear"],
      ["y", "copy the link of this page"],
      ["[", "narrow or widen the rail"],
      ["?", "this list"],
    ],
  },
  {
    name: "Go to",
    lines: [
      ["g h", "home"],
      ["g t", "trees"],
      ["g p", "projects"],
      ["g g", "graph"],
      ["g j", "jobs"],
      ["g b", "builds"],
      ["g a", "agents"],
      ["g o", "owners"],
    ],
  },
  {
    name: "Tree",
    lines: [
      ["1 · 2 · 3", "graph, timeline, table"],
      ["← → ↑ ↓", "walk along the edges"],
      ["e · E", "open or close a group, all groups"],
      ["x", "only what leads here and on from here"],
      ["c", "critical path"],
      ["l", "follow what happens"],
      ["0 · + · -", "fit, closer, wider"],
      ["]", "the drawer"],
    ],
  },
  {
    name: "Log",
    lines: [
      ["f · F", "next, previous error"],
      ["w", "wrap lines"],
      ["t", "times"],
      ["End", "follow the end"],
    ],
  },
];

export function KeysDialog({ onClose }: { onClose(): void }) {
  return (
    <Dialog opened onClose={onClose} title="Keys" size="lg">
      {areKeysOff() && <p role="note">Single keys are switched off in your settings; Ctrl K and Esc still work.</p>}
      <div className={classes.groups}>
        {GROUPS.map(({ name, lines }) => (
          <section key={name}>
            <h3>{name}</h3>
            <dl className={classes.lines}>
              {lines.map(([keys, what]) => (
                <div key={keys}>
                  <dt>
                    <kbd>{keys}</kbd>
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
