/** One's own tokens for scripts: made, shown once, rotated with an overlap, revoked. */
import { Empty } from "@/components/empty";
import { Loaded } from "@/components/loaded";
import { Section } from "@/components/page";
import { itemsOf, More } from "@/components/rows-of-pages";
import type { TokenActs } from "@/components/token-dialogs";
import { TokenTable } from "@/components/token-table";
import { OWN_TOKENS, revokeOwnToken, rotateOwnToken, useOwnTokens } from "./api/tokens";
import { NewToken, OwnSecret } from "./new-token";

export function TokensSection() {
  const tokens = useOwnTokens();
  return (
    <>
      <Section title="Make a token" padded>
        <NewToken />
      </Section>
      <Section title="Tokens">
        <Loaded query={tokens} rows={3}>
          {(data) =>
            itemsOf(data).length ? (
              <TokenTable tokens={itemsOf(data)} acts={acts} />
            ) : (
              <Empty title="No token yet">
                Scripts and the command line speak for you with a token. Make one above: name it after what will use it.
              </Empty>
            )
          }
        </Loaded>
        <More query={tokens} />
      </Section>
    </>
  );
}

/** One's own tokens are shown by scripts. */
const acts: TokenActs = {
  user: "script",
  rotate: rotateOwnToken,
  revoke: revokeOwnToken,
  listed: OWN_TOKENS,
  shown: (token) => <OwnSecret token={token} />,
};
