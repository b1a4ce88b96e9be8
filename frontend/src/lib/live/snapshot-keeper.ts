/** Decides when a live snapshot can be patched and when it must be fetched again; knows neither React nor the network. */
import { mergeMessages, type Versioned } from "./snapshot";

export interface Door<S, M> {
  read(): S | undefined;
  write(snapshot: S): void;
  /** Fetches the snapshot anew; resolves when `read` gives it. */
  refetch(): Promise<unknown>;
  apply(snapshot: S, message: M): S | null;
  wait?(ms: number): Promise<void>;
}

/** After so many fetches that did not reach the version that was announced, what was fetched is taken as the truth. */
const VAIN_FETCHES = 3;

export class SnapshotKeeper<S extends Versioned, M extends Versioned> {
  private held: M[] = [];
  private floor = 0;
  private fetching = false;
  private vain = 0;
  private ended = false;

  constructor(private readonly door: Door<S, M>) {}

  /** The server's answer to a subscription: the snapshot must reach at least this version. */
  subscribed(version: number): void {
    this.floor = version;
    this.settle();
  }

  received(messages: readonly M[]): void {
    this.held.push(...messages);
    this.settle();
  }

  /** To be called when a snapshot has arrived too; before the first one, messages are only held. */
  settle(): void {
    const snapshot = this.door.read();
    if (!snapshot || this.ended) return;
    const merged = mergeMessages(snapshot, this.held, this.door.apply);
    this.held = merged.left;
    if (merged.snapshot !== snapshot) this.door.write(merged.snapshot);
    if (this.held.length === 0 && merged.snapshot.version >= this.floor) this.vain = 0;
    else void this.catchUp();
  }

  end(): void {
    this.ended = true;
  }

  private async catchUp(): Promise<void> {
    if (this.fetching) return;
    this.fetching = true;
    if (this.vain > 0) await (this.door.wait ?? pause)(1000 * this.vain);
    if (this.ended) return;
    try {
      await this.door.refetch();
    } finally {
      this.fetching = false;
      this.vain += 1;
    }
    if (this.vain >= VAIN_FETCHES) this.accept();
    this.settle();
  }

  private accept(): void {
    this.held = [];
    this.floor = 0;
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
