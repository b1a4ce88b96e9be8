/** Where to go after signing in. Browsers read `/\host`, `//host` and `https:host` as other sites, so the rule is narrow. */

const LOCAL = /^\/\w/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control bytes are exactly what must not pass
const REFUSED = /\\|\/\/|[\u0000-\u001f\u007f]/;

/** The address when it certainly stays on this site, else the home page. */
export function safeNext(next: string | null | undefined): string {
  if (!next || !LOCAL.test(next) || REFUSED.test(next)) return "/";
  return next;
}
