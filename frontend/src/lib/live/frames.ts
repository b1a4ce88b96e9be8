/** Gathers what arrives and hands it over once a frame, and at most four times a second, so that a burst costs few renders. */

export interface Gathering<T> {
  add(item: T): void;
  /** Forgets what has not been handed over yet. */
  cancel(): void;
}

type Scheduler = (run: () => void, delay: number) => () => void;

/** The next frame after `delay` ms. A hidden page draws no frames, yet its title and icon must follow: then a timer stands in. */
export const nextFrame: Scheduler = (run, delay) => {
  let frame = 0;
  let late: ReturnType<typeof setTimeout> | undefined;
  const once = () => {
    cancelAnimationFrame(frame);
    clearTimeout(late);
    run();
  };
  const timer = setTimeout(() => {
    frame = requestAnimationFrame(once);
    late = setTimeout(once, 200);
  }, delay);
  return () => {
    clearTimeout(timer);
    clearTimeout(late);
    cancelAnimationFrame(frame);
  };
};

export function gather<T>(
  deliver: (items: T[]) => void,
  { every = 250, schedule = nextFrame, now = () => performance.now() } = {},
): Gathering<T> {
  let waiting: T[] = [];
  let stop: (() => void) | null = null;
  let last = Number.NEGATIVE_INFINITY;
  const flush = () => {
    stop = null;
    last = now();
    const items = waiting;
    waiting = [];
    deliver(items);
  };
  return {
    add(item) {
      waiting.push(item);
      stop ??= schedule(flush, Math.max(0, last + every - now()));
    },
    cancel() {
      stop?.();
      stop = null;
      waiting = [];
    },
  };
}
