/** A real OpenID Connect provider (npm oidc-provider) as a process of its own, and a DominoCI whose people sign in there. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";
import { freePort, type Stack, start } from "./stack";

const SCRIPT = resolve(import.meta.dirname, "../fakes/oidc-provider.mjs");
const CLIENT = { id: "dominoci", secret: "a secret of the tests" };
export const PROVIDER = "Example ID";

export interface SignInStack extends Stack {
  /** The provider's address. */
  others: [string];
}

/** Whose addresses at example.test the provider has confirmed may sign up. */
export async function startWithProvider(): Promise<SignInStack> {
  const port = await freePort();
  const callback = `http://127.0.0.1:${port}/login/oidc/callback`;
  const provider = spawn(process.execPath, [SCRIPT, CLIENT.id, CLIENT.secret, callback], {
    stdio: ["pipe", "pipe", "ignore"],
    cwd: join(SCRIPT, "../../.."),
  });
  const issuer = await firstLine(provider);
  const settings = {
    DOMINOCI_OIDC_ISSUER: issuer,
    DOMINOCI_OIDC_CLIENT_ID: CLIENT.id,
    DOMINOCI_OIDC_CLIENT_SECRET: CLIENT.secret,
    DOMINOCI_OIDC_NAME: PROVIDER,
    DOMINOCI_SIGN_UP: "organisation",
    DOMINOCI_SIGN_UP_DOMAINS: "example.test",
    DOMINOCI_CONTACT: "#help-ci",
  };
  try {
    const stack = await start({ settings, port, demo: false });
    const stop = async () => {
      provider.stdin?.end();
      await stack.stop();
    };
    return { ...stack, others: [issuer], stop };
  } catch (error) {
    provider.kill();
    throw error;
  }
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error("the provider has no output");
  const [text] = await Promise.race([once(child.stdout, "data"), once(child, "exit")]);
  const found = /^http:\S+/.exec(String(text))?.[0];
  if (!found) throw new Error("the provider did not start: npm ci");
  return found;
}
