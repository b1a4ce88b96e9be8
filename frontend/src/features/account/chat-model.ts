/** How one speaks to the bot, in each chat where it listens. */
import type { ChatAccounts } from "@/lib/api/types";

export interface Saying {
  where: string;
  text: string;
}

/** `say` as it is typed in each chat, in private. */
export function saidIn({ irc, slack }: Pick<ChatAccounts, "irc" | "slack">, say: string): Saying[] {
  const said: Saying[] = [];
  if (irc) said.push({ where: `On IRC, at ${irc.server}`, text: `/msg ${irc.nick} ${say}` });
  if (slack) said.push({ where: "In Slack", text: `/dominoci ${say}` });
  return said;
}
