// A certified authorization server (npm oidc-provider) on loopback, playing the server of a catalog connector.
//
//   node oidc-provider.mjs CONFIG.json
//
// CONFIG: { "modules": folder with node_modules, "clients": [...], "scopes": [...], "routes": {...}, "ttl": seconds,
//           "rotate": true|false }. Prints {"port":N} once it listens and ends when standard input does.
// A browser gets one page per question: a form with `login` and a button `action` = allow | cancel.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

// Only the one line goes to standard output; whoever reads it may hang up after.
console.log = console.info = console.error;

const config = JSON.parse(readFileSync(process.argv[2], "utf8"));
const home = createRequire(join(config.modules, "package.json"));
const { default: Provider, interactionPolicy } = await import(pathToFileURL(home.resolve("oidc-provider")).href);

const server = createServer();
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const { port } = server.address();

// "Use another account": asked for by `prompt=select_account`, answered like a login.
const policy = interactionPolicy.base();
policy.add(new interactionPolicy.Prompt({ name: "select_account", requestable: true }), 0);

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: config.clients,
  scopes: ["openid", "email", "profile", "offline_access", ...config.scopes],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  findAccount: (_, sub) => ({
    accountId: sub,
    claims: () => ({ sub, email: `${sub}@example.com`, email_verified: true, name: sub }),
  }),
  routes: config.routes,
  interactions: { policy, url: (_, interaction) => `/interaction/${interaction.uid}` },
  features: { devInteractions: { enabled: false }, revocation: { enabled: true }, introspection: { enabled: true } },
  pkce: { required: () => true },
  issueRefreshToken: async (_, client) => client.grantTypeAllowed("refresh_token"),
  rotateRefreshToken: config.rotate ?? true,
  clockTolerance: 0,
  ttl: { AccessToken: config.ttl ?? 3600, RefreshToken: 86400, Grant: 86400, Session: 86400, Interaction: 600 },
  renderError: (ctx, out) => {
    ctx.type = "json";
    ctx.body = out;
  },
});
const oidc = provider.callback();

async function form(request) {
  let text = "";
  for await (const part of request) text += part;
  return new URLSearchParams(text);
}

async function allow(details, login) {
  const { prompt, params } = details;
  if (prompt.name !== "consent") return { login: { accountId: login }, select_account: {} };
  const known = details.grantId ? await provider.Grant.find(details.grantId) : undefined;
  const grant = known ?? new provider.Grant({ accountId: details.session.accountId, clientId: params.client_id });
  for (const scope of prompt.details.missingOIDCScope ?? []) grant.addOIDCScope(scope);
  for (const claim of prompt.details.missingOIDCClaims ?? []) grant.addOIDCClaims([claim]);
  return { consent: { grantId: await grant.save() } };
}

async function interaction(request, response) {
  const details = await provider.interactionDetails(request, response);
  if (request.method === "GET") {
    response.setHeader("content-type", "text/html");
    response.end(
      `<!doctype html><title>${details.prompt.name}</title><form method="post">` +
        '<input name="login"><button name="action" value="allow">Allow</button>' +
        '<button name="action" value="cancel">Cancel</button></form>',
    );
    return;
  }
  const answer = await form(request);
  const result =
    answer.get("action") === "allow"
      ? await allow(details, answer.get("login"))
      : { error: "access_denied", error_description: "the person said no" };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
}

server.on("request", (request, response) => {
  if (!request.url.startsWith("/interaction/")) return oidc(request, response);
  interaction(request, response).catch((error) => {
    response.statusCode = 500;
    response.end(String(error));
  });
});

process.stdin.on("end", () => process.exit(0)).resume();
process.stdout.write(`${JSON.stringify({ port })}\n`);
