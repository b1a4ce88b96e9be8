/** The nonce that the server wrote into index.html; libraries that add style elements need it under the strict policy. */
export function cspNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
}
