/** Follows the end of a growing log until somebody scrolls up; reaching the end again by hand resumes. */
import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from "react";

const NEAR = 12;

export interface Follow {
  following: boolean;
  /** Lines that came since the log was left. */
  unseen: number;
  stop(): void;
  toEnd(): void;
  onScroll(): void;
  /** A wheel, a finger or a key: what scrolls next was meant. */
  onGesture(): void;
}

export function useFollow(box: RefObject<HTMLElement | null>, count: number, height: number, start: boolean): Follow {
  const [following, setFollowing] = useState(start);
  const [left, setLeft] = useState(0);
  const top = useRef(0);
  const meant = useRef(false);
  const latest = useRef(count);
  latest.current = count;

  const stop = useCallback(() => {
    // a link to one of the last lines must not turn into following
    meant.current = false;
    setFollowing((before) => {
      if (before) setLeft(latest.current);
      return false;
    });
  }, []);

  const toEnd = useCallback(() => {
    setFollowing(true);
    const element = box.current;
    if (element) element.scrollTop = element.scrollHeight;
  }, [box]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: more lines or taller ones are what is followed
  useLayoutEffect(() => {
    const element = box.current;
    if (!following || !element) return;
    element.scrollTop = element.scrollHeight;
    top.current = element.scrollTop;
  }, [box, following, count, height]);

  const onScroll = () => {
    const element = box.current;
    if (!element) return;
    const up = element.scrollTop < top.current - 1;
    top.current = element.scrollTop;
    const atEnd = element.scrollHeight - element.clientHeight - element.scrollTop < NEAR;
    if (atEnd && meant.current) setFollowing(true);
    else if (up && !atEnd) stop();
  };
  const onGesture = () => {
    meant.current = true;
  };
  return { following, unseen: following ? 0 : Math.max(0, count - left), stop, toEnd, onScroll, onGesture };
}
