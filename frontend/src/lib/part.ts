/** Parts of a page that are chunks of their own. One that was fetched before it is wanted is shown by the very commit that wants it:
 * React's `lazy` alone waits once even then, and a fallback that has shown is kept for 300 ms. */
import { type ComponentType, createElement, type FunctionComponent, lazy, useState } from "react";

export type Part<P extends object> = FunctionComponent<P> & {
  /** Fetches it for later. What fails is asked for again when it is wanted. */
  fetch(): void;
};

export function part<P extends object>(load: () => Promise<ComponentType<P>>): Part<P> {
  let here: ComponentType<P> | null = null;
  const get = async () => {
    here = await load();
    return { default: here };
  };
  const Coming = lazy(get) as unknown as ComponentType<P>;
  // biome-ignore lint/correctness/noComponentHookFactories: called once for each part, at the level of a module
  const Shown = (props: P) => {
    // chosen once, at the mount: an element of another kind would begin anew
    const [Chosen] = useState(() => here ?? Coming);
    return createElement(Chosen, props);
  };
  return Object.assign(Shown, { fetch: () => void get().catch(() => undefined) });
}

/** While the page is busy with itself it is not disturbed; by then at the latest it is. */
const AT_LATEST_MS = 4000;

/** Does `work` when nothing else is to do; what is returned calls it off. */
export function whenIdle(work: () => void): (() => void) | undefined {
  if (typeof requestIdleCallback !== "function") return undefined;
  const id = requestIdleCallback(work, { timeout: AT_LATEST_MS });
  return () => cancelIdleCallback(id);
}
