/** Ctrl-K or ⌘-K, and `/` unless the page has a filter of its own, lead to the search box from anywhere. */
import { type RefObject, useEffect } from "react";
import { isTyping } from "@/lib/use-keys";

export function useSearchKeys(input: RefObject<HTMLInputElement | null>): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const chord = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey);
      if (event.defaultPrevented || !(chord || isSlash(event))) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [input]);
}

function isSlash(event: KeyboardEvent): boolean {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return false;
  return document.querySelector('main input[type="search"]') === null;
}
