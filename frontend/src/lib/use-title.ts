/** The tab's title and icon: glyph and words, the icon in the same shape, so that a tab in the background tells its state. */
import { useEffect } from "react";
import { STATE_GLYPH, type State } from "@/lib/states";
import { noteVisit } from "@/lib/visited";

const ICONS = import.meta.glob<string>("../assets/favicons/*.svg", { query: "?url", import: "default", eager: true });
const MOVING = new Set<State>(["waiting", "queued", "triggered", "running"]);

/** `✕ core 9fceb02 — 2 failed of 7 · DominoCI`. What was `found` is kept among what was visited. */
export function useTitle(text: string, state: State | null = null, { found = true } = {}): void {
  useEffect(() => {
    const glyph = state ? `${STATE_GLYPH[state]} ` : "";
    if (found) noteVisit(location.pathname, text);
    document.title = text ? `${glyph}${text} · DominoCI` : "DominoCI";
    const name = state === null ? "idle" : MOVING.has(state) ? "running" : state;
    const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    const icon = ICONS[`../assets/favicons/${name}.svg`];
    if (link && icon && link.getAttribute("href") !== icon) link.href = icon;
  }, [text, state, found]);
}
