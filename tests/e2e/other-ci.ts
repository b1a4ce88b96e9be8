/** The CI systems of others, as far as a tree can tell: they take webhooks, refuse or forget some, and report the rest. */
import { createServer, type IncomingMessage, type Server } from "node:http";

/** `runs` begins and goes on until it is told otherwise; `forgets` begins and is never heard of again. */
export type Manner = "passes" | "fails" | "refuses" | "runs" | "forgets";

interface Trigger {
  event_token: string;
  callback: { result: string; started: string };
}

export class OtherCi {
  private readonly manners = new Map<string, Manner>();
  private readonly server: Server = createServer((request, response) => {
    void this.take(request).then((status) =>
      response.writeHead(status, { "Content-Type": "application/json" }).end("{}"),
    );
  });

  /** Returns it once it listens. */
  static async start(): Promise<OtherCi> {
    const ci = new OtherCi();
    await new Promise<void>((ready) => ci.server.listen(0, "127.0.0.1", ready));
    return ci;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  /** What a project's pipeline does from now on. */
  let(project: string, manner: Manner): void {
    this.manners.set(project, manner);
  }

  /** Where a project's trigger goes, and where its cancellation. */
  target(project: string): { kind: "webhook"; url: string; cancel_url: string } {
    const address = this.server.address();
    const base = `http://127.0.0.1:${address && typeof address === "object" ? address.port : 0}`;
    return { kind: "webhook", url: `${base}/run/${project}?token=hidden`, cancel_url: `${base}/cancel/${project}` };
  }

  private async take(request: IncomingMessage): Promise<number> {
    const [, what, project = ""] = new URL(request.url ?? "", "http://ci").pathname.split("/");
    const body = await text(request);
    const manner = this.manners.get(project) ?? "passes";
    if (what === "cancel") return 200;
    if (manner === "refuses") return 403;
    void run(JSON.parse(body), manner);
    return 201;
  }
}

async function run({ event_token: token, callback }: Trigger, manner: Manner): Promise<void> {
  await tell(callback.started, token, {});
  if (manner === "passes" || manner === "fails")
    await tell(callback.result, token, { status: manner === "passes" ? "SUCCESS" : "FAILED" });
}

async function tell(url: string, token: string, body: unknown): Promise<void> {
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json", Connection: "close" };
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
}

async function text(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) body += chunk;
  return body;
}
