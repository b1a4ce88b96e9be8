/** The real DominoCI that the tests look at: `dominoci up --demo` in a new folder, on a free port. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const ROOT = resolve(import.meta.dirname, "../..");
const BIN = join(ROOT, process.env.VENV ?? ".venv", "bin");
const READY_MS = 120_000;
const STOP_MS = 15_000;

/** No browser is downloaded: the system's is used. A sandbox cannot be had as root. */
export const CHROMIUM = {
  path: process.env.CHROMIUM ?? "/usr/bin/chromium",
  flags: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"],
};

/** Where the first test leaves the session that the others go on with. */
export const SIGNED_IN = join(ROOT, "frontend/test-results/.signed-in.json");

export const PASSWORD = "correct horse battery staple";

export interface Stack {
  url: string;
  /** The one-time link that `up` printed. */
  link: string;
  /** The folder in which `make run` would have been called: the data are in `data`. */
  home: string;
  stop(): Promise<void>;
}

interface Choices {
  /** Settings beside those that every run has. */
  settings?: Record<string, string>;
  demo?: boolean;
  port?: number;
}

export async function start({ settings = {}, demo = true, port: chosen }: Choices = {}): Promise<Stack> {
  const home = mkdtempSync(join(tmpdir(), "dominoci-e2e-"));
  const port = chosen ?? (await freePort());
  const screen = join(home, "screen");
  const output = openSync(screen, "w");
  const flags = ["up", ...(demo ? ["--demo"] : []), "--data", join(home, "data"), "--port", String(port)];
  const env = { ...cleanEnvironment(), ...settings };
  const up = spawn(join(BIN, "dominoci"), flags, { stdio: ["ignore", output, output], env });
  // a test run that is killed takes it along
  const gone = () => up.kill("SIGTERM");
  process.once("exit", gone);
  const stop = async () => {
    process.off("exit", gone);
    await end(up);
    rmSync(home, { recursive: true, force: true });
  };
  try {
    const link = await firstMatch(up, screen, /Sign in as admin[^:]*: (\S+)/);
    return { url: `http://127.0.0.1:${port}`, link, home, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The lines that the README shows, as the arbiter's own code has them. */
export function snippets(): { change: string; break: string } {
  const code =
    "import json; from dominoci.demo.snippets import *; print(json.dumps({'change': '\\n'.join(CHANGE), 'break': BREAK}))";
  return JSON.parse(execFileSync(join(BIN, "python"), ["-c", code], { encoding: "utf8" }));
}

/** Runs lines of shell as somebody would who follows the README: in the folder of `make run`. */
export function shell(home: string, ...lines: string[]): string {
  const script = ["set -e", ...lines].join("\n");
  return execFileSync("sh", ["-c", script], { cwd: home, encoding: "utf8", env: cleanEnvironment(), stdio: "pipe" });
}

/** What DominoCI itself prints, of a command on the same data. */
export function cli(stack: { home: string }, ...args: string[]): string {
  const flags = [...args, "--data", join(stack.home, "data")];
  return execFileSync(join(BIN, "dominoci"), flags, { encoding: "utf8", env: cleanEnvironment() }).trim();
}

function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(DOMINOCI_|DATABASE_URL|REDIS_URL|GIT_)/.test(name));
  // the CI systems of others are played on this machine
  return { ...Object.fromEntries(kept), DOMINOCI_ALLOWED_HOSTS: "127.0.0.1" };
}

async function firstMatch(child: ChildProcess, file: string, pattern: RegExp): Promise<string> {
  const limit = Date.now() + READY_MS;
  for (;;) {
    const text = readFileSync(file, "utf8");
    const found = pattern.exec(text)?.[1];
    if (found) return found;
    if (child.exitCode !== null || Date.now() > limit) throw new Error(`dominoci up is not ready:\n${text}`);
    await pause(50);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((done) => child.once("exit", done));
  child.kill("SIGTERM");
  const late = AbortSignal.timeout(STOP_MS);
  await Promise.race([ended, new Promise((done) => late.addEventListener("abort", done))]);
  if (child.exitCode === null && child.signalCode === null) {
    child.kill("SIGKILL");
    throw new Error("dominoci up did not end");
  }
}

export function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const server = createServer();
    server.once("error", failed);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => found(address && typeof address === "object" ? address.port : 0));
    });
  });
}
