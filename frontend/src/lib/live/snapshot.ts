/** Keeps a versioned snapshot true by the messages that follow it: repeats are dropped, a gap asks for the snapshot again. */

export interface Versioned {
  version: number;
}

/**
 * Applies, in order of version, every message that follows the snapshot without a hole.
 * `left` are the messages after a gap, to be tried again on the next snapshot; `apply` need not set the version, and answers
 * null to a message that says too little to be applied.
 */
export function mergeMessages<S extends Versioned, M extends Versioned>(
  snapshot: S,
  messages: readonly M[],
  apply: (snapshot: S, message: M) => S | null,
): { snapshot: S; left: M[] } {
  const ordered = [...messages].sort((a, b) => a.version - b.version);
  let merged = snapshot;
  const left: M[] = [];
  for (const message of ordered) {
    if (message.version <= merged.version) continue;
    const next = message.version === merged.version + 1 ? apply(merged, message) : null;
    if (next) merged = { ...next, version: message.version };
    else left.push(message);
  }
  return { snapshot: merged, left };
}

/** Replaces the items of a list that have a newer form, adds the new ones; items that did not change stay the same object. */
export function upsert<T>(list: readonly T[], changes: readonly T[], key: (item: T) => string | number): T[] {
  if (!changes.length) return list as T[];
  const byKey = new Map(changes.map((item) => [key(item), item]));
  const merged = list.map((item) => {
    const change = byKey.get(key(item));
    byKey.delete(key(item));
    return change ? { ...item, ...change } : item;
  });
  return [...merged, ...byKey.values()];
}
