/** A real OpenID Connect provider (npm oidc-provider) as a process of its own: discovery, PKCE required, code flow only.
 *
 * `node oidc-provider.mjs CLIENT_ID CLIENT_SECRET REDIRECT_URI…` prints its issuer when it listens, and ends with its standard
 * input. Whoever types a name into its page is that person: `ada` has ada@example.test, confirmed unless the name begins with
 * `unconfirmed`; what follows a `+` are groups, `grace+acme+acme/web`.
 */
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const [client_id, client_secret, ...redirect_uris] = process.argv.slice(2);
const DAY = 86_400;

function claims(sub) {
  const [login, ...groups] = sub.split("+");
  return {
    sub: `id-of-${login}`,
    preferred_username: login,
    name: `${login[0].toUpperCase()}${login.slice(1)} of Example`,
    email: `${login}@example.test`,
    email_verified: !login.startsWith("unconfirmed"),
    groups,
  };
}

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id, client_secret, redirect_uris, grant_types: ["authorization_code"], response_types: ["code"] }],
    claims: { openid: ["sub"], profile: ["name", "preferred_username", "groups"], email: ["email", "email_verified"] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, id) => ({ accountId: id, claims: () => claims(id) }),
    cookies: { keys: ["a key of the tests"] },
    ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Interaction: 600, Session: DAY, Grant: DAY },
    async loadExistingGrant(context) {
      const { client, session, result } = context.oidc;
      const known = result?.consent?.grantId || session.grantIdFor(client.clientId);
      if (known) return provider.Grant.find(known);
      const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope("openid profile email");
      await grant.save();
      return grant;
    },
  });
  const answer = provider.callback();
  server.on("request", async (request, response) => {
    if (request.url === "/favicon.ico") return response.writeHead(204).end();
    if (!request.url.startsWith("/interaction/")) return answer(request, response);
    try {
      if (request.method === "POST") await finish(provider, request, response);
      else page(response);
    } catch (error) {
      response.writeHead(400).end(String(error));
    }
  });
  console.log(issuer);
});

function page(response) {
  response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" });
  response.end(`<!doctype html><html lang="en"><title>Example ID</title><h1>Example ID</h1><form method="post">
    <label>Account <input name="account" autofocus></label>
    <button name="act" value="in">Continue</button> <button name="act" value="no">Refuse</button></form></html>`);
}

async function finish(provider, request, response) {
  let body = "";
  for await (const chunk of request) body += chunk;
  const form = new URLSearchParams(body);
  const result =
    form.get("act") === "no"
      ? { error: "access_denied", error_description: "the person said no" }
      : { login: { accountId: form.get("account") || "ada", remember: false } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
