/** Starts the one DominoCI of the whole run; what is returned ends it. */
import { start } from "./stack";

export default async function globalSetup(): Promise<() => Promise<void>> {
  const stack = await start();
  process.env.DOMINOCI_E2E = JSON.stringify({ url: stack.url, link: stack.link, home: stack.home });
  return stack.stop;
}
