/** Pictures of all ten states as people see them who do not see all colours: cards, the same from far away, rows. */
import { join } from "node:path";
import type { Page } from "@playwright/test";

const STATES = [
  "running",
  "success",
  "failed",
  "timed_out",
  "undeliverable",
  "cancelled",
  "skipped",
  "waiting",
  "queued",
  "triggered",
];
const VISIONS = ["none", "protanopia", "deuteranopia", "tritanopia", "achromatopsia"] as const;
/** Presses of `-` that bring the graph, from where it fits, to where cards are drawn without names. */
const FAR = 4;

/** `tree` is any tree of at least two events; its graph is shown with ten, one in each state. */
export async function picturesOfVision(page: Page, tree: string, folder: string): Promise<void> {
  await page.route(`**/api/v1/trees/${tree.split("/").at(-1)}/graph`, async (route) => {
    const graph = await (await route.fetch()).json();
    const nodes = STATES.map((state, i) => ({
      ...graph.nodes[Math.min(i, 1)],
      sub_id: i ? `1.${i}` : "1",
      project: `state-${state}`,
      state,
    }));
    const edges = nodes.slice(1).map(({ sub_id }) => ({ ...graph.edges[0], from: "1", to: sub_id }));
    await route.fulfill({ json: { ...graph, state: "running", nodes, edges } });
  });
  await page.setViewportSize({ width: 1280, height: 800 });
  const devtools = await page.context().newCDPSession(page);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    for (const type of VISIONS) {
      await devtools.send("Emulation.setEmulatedVisionDeficiency", { type });
      const shoot = (what: string) =>
        page.screenshot({ path: join(folder, `vision-${type}-${what}-${colorScheme}.png`) });
      await page.goto(`${tree}?view=table`);
      await page.getByRole("treegrid").getByText("state-triggered").waitFor();
      await shoot("rows");
      await page.goto(`${tree}?view=graph`);
      await page.getByRole("link", { name: /^state-running, event 1,/ }).waitFor();
      // how far one has gone is remembered for each tree
      await page.keyboard.press("0");
      await page
        .locator("[data-card]")
        .nth(STATES.length - 1)
        .waitFor();
      await shoot("cards");
      for (let n = 0; n < FAR; n += 1) await page.keyboard.press("-");
      // all but the one that the keyboard stands on are drawn on the canvas then
      await page.locator("[data-card]").nth(1).waitFor({ state: "detached" });
      await shoot("far");
    }
  }
  await devtools.detach();
  await page.unroute("**/*");
}
