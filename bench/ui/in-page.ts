/** What runs within the page. Each function is sent there as it is, and so knows nothing but its arguments. */

export interface Notes {
  /** Long tasks: more than 50 ms at a stretch, in ms since the page's start. */
  tasks: { at: number; took: number }[];
  frames: number;
  /** React's commits. */
  commits: number;
  /** How long each layout of a graph took, there and back, in ms. */
  layouts: number[];
  /** When the first card of a graph stood there and the page could answer, in ms since its start. */
  drawn: number | null;
}

declare global {
  interface Window {
    __notes: Notes;
    __taken?: Promise<number>;
  }
}

/** Runs before anything else in the page. */
export function notes(): void {
  const kept: Notes = { tasks: [], frames: 0, commits: 0, layouts: [], drawn: null };
  window.__notes = kept;
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) kept.tasks.push({ at: startTime, took: duration });
  }).observe({ type: "longtask", buffered: true });

  const nothing = () => undefined;
  const commit = () => {
    kept.commits += 1;
  };
  const hook = { supportsFiber: true, isDisabled: false, renderers: new Map(), checkDCE: nothing, inject: () => 1 };
  Object.assign(window, {
    __REACT_DEVTOOLS_GLOBAL_HOOK__: {
      ...hook,
      ...{
        onCommitFiberRoot: commit,
        onPostCommitFiberRoot: nothing,
        onCommitFiberUnmount: nothing,
        onScheduleFiberRoot: nothing,
      },
    },
  });

  const post = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function (this: Worker, ...given: [unknown]) {
    const begun = performance.now();
    this.addEventListener("message", () => kept.layouts.push(performance.now() - begun), { once: true });
    return post.apply(this, given);
  } as typeof post;

  const frame = () => {
    kept.frames += 1;
    if (kept.drawn === null && document.querySelector("[data-card]"))
      setTimeout(() => {
        kept.drawn ??= performance.now();
      });
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

export interface Sought {
  /** The event that starts the watch. */
  from: "pointerdown" | "keydown" | "input";
  selector: string;
  /** What the element must hold. */
  text?: string;
}

/** Leaves in `__taken` the ms from the event to the end of the frame in which an element that is sought is there and has a size. */
export function stopwatch({ from, selector, text }: Sought): void {
  const PATIENCE_MS = 20_000;
  window.__taken = new Promise((found, failed) => {
    let begun: number | null = null;
    const start = (event: Event) => {
      begun = event.timeStamp;
    };
    addEventListener(from, start, { capture: true, once: true });
    const given = performance.now() + PATIENCE_MS;
    const shown = (element: Element) =>
      element.getClientRects().length > 0 && (text === undefined || element.textContent?.includes(text));
    const look = () => {
      const since = begun;
      if (since !== null && [...document.querySelectorAll(selector)].some(shown))
        setTimeout(() => found(performance.now() - since));
      else if (performance.now() > given) failed(new Error(`${selector} ${text ?? ""} did not come`));
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}
