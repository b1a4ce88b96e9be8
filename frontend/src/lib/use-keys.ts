/**
 * Single-key shortcuts of a page. They rest while somebody types, and leave every chord to the browser. Of several that want the
 * same key the first to be mounted gets it; those of the frame around all pages come last.
 */
import { useEffect, useRef } from "react";
import { recall, remember } from "./remembered";

export type Keys = Record<string, (event: KeyboardEvent) => void>;

interface Listener {
  keys: { current: Keys };
  last: boolean;
}

const OFF = "dominoci-keys";
const listeners = new Set<Listener>();
let off = recall(OFF) === "off";

/** Switches shortcuts of a single character off, for who speaks to the computer (WCAG 2.1.4); remembered in this browser. */
export function setKeysOff(value: boolean): void {
  off = value;
  remember(OFF, value ? "off" : "on");
}

export const areKeysOff = (): boolean => off;

/** `last` is for the frame: it gets what no page wants. */
export function useKeys(keys: Keys, { last = false } = {}): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const listener = { keys: latest, last };
    if (listeners.size === 0) window.addEventListener("keydown", pressed);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) window.removeEventListener("keydown", pressed);
    };
  }, [last]);
}

function pressed(event: KeyboardEvent): void {
  if (event.defaultPrevented || !isShortcut(event)) return;
  const wanting = [...listeners].filter(({ keys }) => keys.current[event.key]);
  const first = wanting.find((listener) => !listener.last) ?? wanting[0];
  if (!first) return;
  event.preventDefault();
  first.keys.current[event.key]?.(event);
}

/** A key alone, pressed by somebody who is not typing; a character only while these are not switched off. */
export function isShortcut(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return false;
  return !(off && event.key.length === 1);
}

export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
