/** Connection tests as they are shown. */
import type { Connection, Target } from "@/lib/api/types";

/** The steps that a test of this target takes when all of them hold; the server decides. */
export function foreseenSteps({ kind, mode, job, workflow, secrets }: Target): string[] {
  const has = (name: string) => secrets.some((one) => one.name === name);
  switch (kind) {
    case "agent":
      return ["agents"];
    case "webhook":
      return ["address", "connection", "signature"];
    case "jenkins": {
      const looks =
        mode === "build" || has("api_token") ? ["credentials", ...(job ? ["target", "parameters"] : [])] : [];
      return ["address", "connection", ...looks, ...(mode === "build" ? [] : ["dry run"])];
    }
    case "gitlab":
      return ["address", "connection", "credentials", ...(has("api_token") ? ["target"] : []), "parameters"];
    case "github":
      return ["address", "connection", "credentials", "target", ...(workflow ? ["parameters"] : []), "callback"];
  }
}

/** The troubled ones first; else in the order of the answer. */
export const troubledFirst = (connections: readonly Connection[]): Connection[] =>
  [...connections].sort((a, b) => Number(a.ok) - Number(b.ok));
