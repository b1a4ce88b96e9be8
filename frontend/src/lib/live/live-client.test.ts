import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeSocket } from "@/testing/fake-socket";
import { backoff } from "./backoff";
import { LiveClient, type LiveMessage } from "./live-client";

let sockets: FakeSocket[] = [];
const client = () => {
  const live = new LiveClient(() => {
    const socket = new FakeSocket();
    sockets.push(socket);
    return socket.asWebSocket();
  });
  live.start();
  return live;
};
const socket = (index: number) => sockets[index] as FakeSocket;
const tree = () => ({ topic: "tree:t1" });

beforeEach(() => {
  sockets = [];
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

describe("the live client", () => {
  it("asks for topics once it is connected, and hands messages to who asked", () => {
    const live = client();
    const heard: LiveMessage[] = [];
    live.subscribe(tree, (message) => heard.push(message));
    expect(socket(0).sent).toEqual([]);
    socket(0).open();
    expect(socket(0).sent).toEqual([{ op: "subscribe", topic: "tree:t1" }]);
    socket(0).say({ topic: "tree:t1", version: 2 });
    socket(0).say({ topic: "tree:t2", version: 2 });
    socket(0).say({ op: "ping" });
    expect(heard.map((message) => message.version)).toEqual([2]);
  });

  it("shares a topic between listeners and leaves it with the last of them", () => {
    const live = client();
    socket(0).open();
    const first = live.subscribe(tree, () => {});
    const second = live.subscribe(tree, () => {});
    expect(socket(0).sent).toHaveLength(1);
    first();
    expect(socket(0).sent).toHaveLength(1);
    second();
    expect(socket(0).sent.at(-1)).toMatchObject({ op: "unsubscribe", topic: "tree:t1" });
  });

  it("comes back after a break and asks again, a log from where it had got to", () => {
    const live = client();
    let offset = 0;
    live.subscribe(
      () => ({ topic: "build:b:log", step: 2, from: offset }),
      () => {},
    );
    socket(0).open();
    offset = 4096;
    socket(0).drop();
    expect(live.status().status).toBe("reconnecting");
    vi.advanceTimersByTime(500);
    socket(1).open();
    expect(live.status().status).toBe("live");
    expect(socket(1).sent).toEqual([{ op: "subscribe", topic: "build:b:log", step: 2, from: 4096 }]);
  });

  it("takes forty seconds of silence for a dead line", () => {
    const live = client();
    socket(0).open();
    vi.advanceTimersByTime(39_000);
    socket(0).say({ op: "ping" });
    vi.advanceTimersByTime(39_000);
    expect(live.status().status).toBe("live");
    vi.advanceTimersByTime(2_000);
    expect(live.status().status).toBe("reconnecting");
  });

  it("stays away once stopped", () => {
    const live = client();
    socket(0).open();
    live.stop();
    vi.advanceTimersByTime(120_000);
    expect(sockets).toHaveLength(1);
  });

  it("ignores what is not JSON", () => {
    const live = client();
    const heard = vi.fn();
    live.subscribe(tree, heard);
    socket(0).open();
    socket(0).onmessage?.({ data: "<html>" });
    expect(heard).not.toHaveBeenCalled();
  });

  it("takes what is on the page for as old as the last word, and a network that is gone for lost at once", () => {
    const live = client();
    socket(0).open();
    vi.advanceTimersByTime(10_000);
    socket(0).say({ op: "ping" });
    const heard = Date.now();
    vi.advanceTimersByTime(5_000);
    live.lost();
    expect(live.status()).toEqual({ status: "reconnecting", since: heard });
    live.retryNow();
    socket(sockets.length - 1).open();
    expect(live.status().status).toBe("live");
  });
});

it("waits longer each time, up to fifteen seconds, never less than half of it", () => {
  expect(backoff(0, () => 1)).toBe(500);
  expect(backoff(3, () => 1)).toBe(4000);
  expect(backoff(30, () => 1)).toBe(15_000);
  expect(backoff(30, () => 0)).toBe(7_500);
});
