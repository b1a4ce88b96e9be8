/** Walking through the rows of whatever list a page shows, by keyboard. A row is known by its first link. */

const ROWS = "main tbody tr, main [data-rows] > li";
const BAD = new Set(["failed", "timed_out", "undeliverable"]);

interface Row {
  link: HTMLElement;
  /** By the first state that the row shows. */
  bad: boolean;
}

function rowsOf(root: ParentNode): Row[] {
  return [...root.querySelectorAll<HTMLElement>(ROWS)].flatMap((row) => {
    const link = row.querySelector<HTMLElement>("a[href]");
    const state = row.querySelector<HTMLElement>("[data-state]")?.dataset.state ?? "";
    return link ? [{ link, bad: BAD.has(state) }] : [];
  });
}

/** Moves the focus to the next (`by` 1) or previous (-1) row, among those that went wrong when `bad`; from the end to the start. */
export function walkRows(by: 1 | -1, bad = false, root: ParentNode = document): void {
  const rows = rowsOf(root);
  const here = document.activeElement?.closest(ROWS.replaceAll("main ", ""));
  const at = rows.findIndex(({ link }) => here?.contains(link));
  const from = at < 0 && by === -1 ? 0 : at;
  for (let step = 1; step <= rows.length; step += 1) {
    const row = rows[(from + by * step + rows.length * 2) % rows.length];
    if (row && (!bad || row.bad)) {
      row.link.focus();
      row.link.scrollIntoView?.({ block: "nearest" });
      return;
    }
  }
}
