import type { Wanted } from "@/lib/paths";

/** The command with which a pipeline asks for the same preview, with its own token. */
export function dryRunCommand(origin: string, { project: _, ...ref }: Wanted): string {
  const report = JSON.stringify({ status: "SUCCESS", metadata: ref });
  return [
    `curl --fail --request POST '${origin}/api/v1/events?dry_run=true' \\`,
    `  --header "Authorization: Bearer $DOMINOCI_TOKEN" \\`,
    `  --header "Content-Type: application/json" \\`,
    `  --data '${report.replaceAll("'", "'\\''")}'`,
  ].join("\n");
}
