/** Drawn here, so that nothing is fetched from elsewhere; their names always stand beside them. */
const SHAPES: Record<string, string> = {
  github:
    "M8 .6a7.6 7.6 0 0 0-2.4 14.8c.4.1.5-.2.5-.4v-1.4c-2.1.5-2.6-1-2.6-1-.3-.9-.8-1.1-.8-1.1-.7-.5.1-.5.1-.5.8.1 1.2.8 1.2.8.7 1.2 1.8.8 2.2.6.1-.5.3-.8.5-1-1.7-.2-3.5-.8-3.5-3.8 0-.8.3-1.5.8-2-.1-.2-.3-1 .1-2.1 0 0 .6-.2 2.1.8a7.2 7.2 0 0 1 3.8 0c1.5-1 2.1-.8 2.1-.8.4 1.1.2 1.9.1 2.1.5.5.8 1.2.8 2 0 3-1.8 3.6-3.5 3.8.3.2.5.7.5 1.4V15c0 .2.1.5.5.4A7.6 7.6 0 0 0 8 .6Z",
  gitlab:
    "m15.3 9-.8-2.4-1.5-4.7a.4.4 0 0 0-.8 0l-1.5 4.7H5.3L3.8 1.9a.4.4 0 0 0-.8 0L1.5 6.6.7 9c-.1.2 0 .5.2.6L8 14.8l7.1-5.2c.2-.1.3-.4.2-.6Z",
};
const KEY =
  "M10.8 1.2a4 4 0 0 0-3.8 5.2L1.2 12.2v2.6h3v-1.6h1.6v-1.6h1.6l1.6-2.6a4 4 0 1 0 1.8-7.8Zm1 2.2a1.2 1.2 0 1 1 0 2.4 1.2 1.2 0 0 1 0-2.4Z";

export function ProviderMark({ provider }: { provider: string }) {
  return (
    <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" fill="currentColor">
      <path d={SHAPES[provider] ?? KEY} />
    </svg>
  );
}
