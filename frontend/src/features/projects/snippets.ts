/** The command with which a pipeline reports its success. */
export function reportCommand(origin: string, token: string): string {
  return [
    `curl --fail --request POST ${origin}/api/v1/events \\`,
    `  --header "Authorization: Bearer ${token}" \\`,
    `  --header "Content-Type: application/json" \\`,
    `  --data '{"status": "SUCCESS", "metadata": {"branch": "main", "commit": "'"$(git rev-parse HEAD)"'"}}'`,
  ].join("\n");
}
