/** What jsdom lacks and Mantine, React Flow and the virtualiser ask for. */
import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";

afterEach(cleanup);

class ResizeObserverStub {
  observe() {}
  unobserve() {}
  disconnect() {}
}

const matchMedia = (media: string) => ({
  matches: false,
  media,
  addEventListener() {},
  removeEventListener() {},
  addListener() {},
  removeListener() {},
});

/** Enough for the ids that occur: sub ids and project names. */
const escapeName = (text: string) => text.replace(/[^\w-]/g, (character) => `\\${character}`);

Object.assign(window, { ResizeObserver: ResizeObserverStub, matchMedia, CSS: { escape: escapeName } });
HTMLElement.prototype.scrollTo = () => {};
