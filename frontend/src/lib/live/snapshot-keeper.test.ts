import { describe, expect, it, vi } from "vitest";
import { SnapshotKeeper } from "./snapshot-keeper";

interface Sum {
  version: number;
  total: number;
}
interface Add {
  version: number;
  add: number;
}

const add = (version: number): Add => ({ version, add: 1 });

/** A server whose snapshot at version n has total n, and a page that begins with none. */
function page(server = { version: 0 }) {
  let known: Sum | undefined;
  const fetched = vi.fn(async () => {
    known = { version: server.version, total: server.version };
  });
  const keeper = new SnapshotKeeper<Sum, Add>({
    read: () => known,
    write: (next) => {
      known = next;
    },
    refetch: fetched,
    apply: (sum, message) => (Number.isNaN(message.add) ? null : { ...sum, total: sum.total + message.add }),
    wait: async () => {},
  });
  return { keeper, fetched, server, known: () => known, load: fetched };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

describe("a live snapshot", () => {
  it("follows messages that come in order", async () => {
    const { keeper, known, load, fetched } = page();
    await load();
    keeper.received([add(1)]);
    keeper.received([add(2), add(3)]);
    expect(known()).toEqual({ version: 3, total: 3 });
    expect(fetched).toHaveBeenCalledTimes(1);
  });

  it("drops a message that comes twice or is older than the snapshot", async () => {
    const { keeper, known, load } = page({ version: 5 });
    await load();
    keeper.received([add(4), add(5), add(6), add(6)]);
    keeper.received([add(6)]);
    expect(known()).toEqual({ version: 6, total: 6 });
  });

  it("takes messages of one frame in whatever order they come", async () => {
    const { keeper, known, load } = page();
    await load();
    keeper.received([add(3), add(1), add(2)]);
    expect(known()).toEqual({ version: 3, total: 3 });
  });

  it("fetches the snapshot again after a gap, and applies what is newer", async () => {
    const { keeper, known, load, fetched, server } = page();
    await load();
    server.version = 4;
    keeper.received([add(3), add(5)]);
    await settled();
    expect(fetched).toHaveBeenCalledTimes(2);
    expect(known()).toEqual({ version: 5, total: 5 });
  });

  it("fetches again when a message says too little", async () => {
    const { keeper, known, load, server } = page();
    await load();
    server.version = 1;
    keeper.received([{ version: 1, add: Number.NaN }]);
    await settled();
    expect(known()).toEqual({ version: 1, total: 1 });
  });

  it("fetches again when the subscription begins at a later version than the snapshot's", async () => {
    const { keeper, known, load, server } = page();
    await load();
    server.version = 2;
    keeper.subscribed(2);
    await settled();
    expect(known()).toEqual({ version: 2, total: 2 });
  });

  it("holds messages until the first snapshot is there", async () => {
    const { keeper, known, load, server } = page();
    keeper.received([add(3)]);
    keeper.subscribed(2);
    server.version = 2;
    await load();
    keeper.settle();
    expect(known()).toEqual({ version: 3, total: 3 });
  });

  it("gives up after three fetches that do not reach what was announced, rather than fetching for ever", async () => {
    const { keeper, load, fetched } = page();
    await load();
    keeper.received([add(9)]);
    await settled();
    expect(fetched).toHaveBeenCalledTimes(4);
  });
});
