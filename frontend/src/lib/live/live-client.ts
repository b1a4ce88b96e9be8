/** The page's one WebSocket: topics are subscribed to by key, again after every reconnect, and messages go to whoever asked. */
import { backoff } from "./backoff";

export interface LiveMessage {
  topic: string;
  op?: string;
  version?: number;
  step?: number;
  error?: { code: string; detail: string };
  [field: string]: unknown;
}

/** What is asked of the server; made anew at each (re)connect, so that a log resumes at the offset reached by then. */
export type Ask = () => { topic: string; step?: number; from?: number };
export type Handler = (message: LiveMessage) => void;
export type LiveStatus = "connecting" | "live" | "reconnecting";

interface Subscription {
  topic: string;
  step: number | undefined;
  ask: Ask;
  handler: Handler;
}

/** The server pings every 15 s; twice that and a bit without a word means that the line is dead. */
const SILENCE_MS = 40_000;

/** WebSocket.OPEN, which exists only in browsers. */
const OPEN = 1;

export class LiveClient {
  private socket: WebSocket | null = null;
  private readonly subscriptions = new Set<Subscription>();
  private readonly watchers = new Set<() => void>();
  private attempt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private silence: ReturnType<typeof setTimeout> | undefined;
  private stopped = true;
  private heard = Date.now();
  private current: { status: LiveStatus; since: number } = { status: "connecting", since: Date.now() };

  constructor(private readonly open: () => WebSocket) {}

  start(): void {
    if (!this.stopped) return;
    this.stopped = false;
    this.attempt = 0;
    this.connect();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    clearTimeout(this.silence);
    this.socket?.close();
    this.socket = null;
    this.setStatus("connecting");
  }

  /** Skips what is left of the wait, for the moment when the network comes back. */
  retryNow(): void {
    if (this.stopped || this.current.status === "live") return;
    clearTimeout(this.timer);
    this.connect();
  }

  /** The network is known to be gone: what is open counts as lost now, not only after the silence that it takes to notice. */
  lost(): void {
    if (!this.socket) return;
    const socket = this.socket;
    socket.close();
    this.closed(socket);
  }

  /** Starts the subscription and returns the function that ends it. */
  subscribe(ask: Ask, handler: Handler): () => void {
    const { topic, step } = ask();
    const subscription: Subscription = { topic, step, ask, handler };
    const first = !this.shared(subscription);
    this.subscriptions.add(subscription);
    if (first) this.send({ op: "subscribe", ...ask() });
    return () => {
      this.subscriptions.delete(subscription);
      if (!this.shared(subscription)) this.send({ op: "unsubscribe", topic, step });
    };
  }

  /** Asks again for a topic that was lost track of, from where `ask` now stands. */
  resubscribe(ask: Ask): void {
    const request = ask();
    this.send({ op: "unsubscribe", topic: request.topic, step: request.step });
    this.send({ op: "subscribe", ...request });
  }

  readonly status = (): { status: LiveStatus; since: number } => this.current;

  readonly watch = (changed: () => void): (() => void) => {
    this.watchers.add(changed);
    return () => this.watchers.delete(changed);
  };

  private shared(one: Subscription): boolean {
    return [...this.subscriptions].some((other) => other.topic === one.topic && other.step === one.step);
  }

  private send(message: Record<string, unknown>): void {
    if (this.socket?.readyState === OPEN) this.socket.send(JSON.stringify(message));
  }

  private connect(): void {
    this.socket?.close();
    const socket = this.open();
    this.socket = socket;
    socket.onopen = () => this.opened(socket);
    socket.onmessage = (event) => this.received(socket, event.data);
    socket.onclose = () => this.closed(socket);
    this.listenForSilence(socket);
  }

  private opened(socket: WebSocket): void {
    if (socket !== this.socket) return;
    this.attempt = 0;
    this.heard = Date.now();
    this.setStatus("live");
    const asked = new Set<string>();
    for (const { ask } of this.subscriptions) {
      const request = JSON.stringify({ op: "subscribe", ...ask() });
      if (!asked.has(request)) socket.send(request);
      asked.add(request);
    }
  }

  private received(socket: WebSocket, data: unknown): void {
    if (socket !== this.socket) return;
    this.heard = Date.now();
    this.listenForSilence(socket);
    const message = parse(data);
    if (!message || message.op === "ping") return;
    for (const one of [...this.subscriptions]) {
      const sameStep = one.step === undefined || message.step === undefined || one.step === message.step;
      if (one.topic === message.topic && sameStep) one.handler(message);
    }
  }

  private closed(socket: WebSocket): void {
    if (socket !== this.socket || this.stopped) return;
    this.socket = null;
    clearTimeout(this.silence);
    clearTimeout(this.timer);
    this.setStatus("reconnecting");
    this.timer = setTimeout(() => this.connect(), backoff(this.attempt));
    this.attempt += 1;
  }

  private listenForSilence(socket: WebSocket): void {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => {
      socket.close();
      this.closed(socket);
    }, SILENCE_MS);
  }

  private setStatus(status: LiveStatus): void {
    if (status === this.current.status) return;
    // what is on the page is as old as the last word that was heard, not as the moment when that was noticed
    this.current = { status, since: status === "reconnecting" ? this.heard : Date.now() };
    for (const changed of this.watchers) changed();
  }
}

function parse(data: unknown): LiveMessage | null {
  try {
    const message: unknown = JSON.parse(String(data));
    return typeof message === "object" && message !== null ? (message as LiveMessage) : null;
  } catch {
    return null;
  }
}
