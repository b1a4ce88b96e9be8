/** The CI systems of others, as far as a tree can tell: they take webhooks, refuse or forget some, and report the rest. */
import { createServer, type IncomingMessage, type Server } from "node:http";

/** `runs` begins and goes on until it is told otherwise; `forgets` begins and is never heard of again; `filters` is a Jenkins whose
 * job does not let the trigger through: it answers 200 and starts nothing. */
export type Manner = "passes" | "fails" | "refuses" | "runs" | "forgets" | "filters";

interface Trigger {
  event_token: string;
  callback: { result: string; started: string };
}

export class OtherCi {
  private readonly manners = new Map<string, Manner>();
  private readonly triggers = new Map<string, Trigger>();
  private readonly server: Server = createServer((request, response) => {
    void this.take(request).then(([status, body]) =>
      response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body)),
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

  /** The run that a project's pipeline was last triggered for comes to its end. */
  async end(project: string, status: "SUCCESS" | "FAILED"): Promise<void> {
    const trigger = this.triggers.get(project);
    if (!trigger) throw new Error(`${project} was never triggered`);
    await tell(trigger.callback.result, trigger.event_token, { status });
  }

  /** Where a project's trigger goes, and where its cancellation. */
  target(project: string): { kind: "webhook"; url: string; cancel_url: string } {
    return {
      kind: "webhook",
      url: `${this.base}/run/${project}?token=hidden`,
      cancel_url: `${this.base}/cancel/${project}`,
    };
  }

  /** The same as a Jenkins with its Generic Webhook Trigger. */
  jenkins(project: string): { kind: "jenkins"; url: string; mode: "generic-webhook"; token: string } {
    return { kind: "jenkins", url: `${this.base}/jenkins/${project}`, mode: "generic-webhook", token: "hidden" };
  }

  private get base(): string {
    const address = this.server.address();
    return `http://127.0.0.1:${address && typeof address === "object" ? address.port : 0}`;
  }

  private async take(request: IncomingMessage): Promise<[status: number, body: unknown]> {
    const [, what, project = ""] = new URL(request.url ?? "", "http://ci").pathname.split("/");
    const body = await text(request);
    const manner = this.manners.get(project) ?? "passes";
    if (what === "cancel") return [200, {}];
    if (manner === "refuses") return [403, {}];
    const trigger: Trigger = JSON.parse(body);
    this.triggers.set(project, trigger);
    if (manner !== "filters") void run(trigger, manner);
    return what === "jenkins" ? [200, invoked(project, manner !== "filters")] : [201, {}];
  }
}

/** What the plugin says of the job that a token belongs to. */
const invoked = (job: string, triggered: boolean) => ({
  jobs: {
    [job]: { regexpFilterExpression: "", regexpFilterText: "", resolvedVariables: {}, id: 0, triggered, url: "" },
  },
  message: "Triggered jobs.",
});

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
