/** What jsdom lacks and Mantine, React Flow and the virtualiser ask for. */
import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";

afterEach(cleanup);
// a page's chunk is read from disk when it is first asked for: on a busy machine that takes longer than the second that is waited else
configure({ asyncUtilTimeout: 5000 });

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
