// Calls of the unmodified @base44/sdk, as a function makes them.
//
//   node sdk.mjs CONFIG.json
//
// CONFIG: { "modules": folder with node_modules, "headers": what a function's request carries,
//           "calls": [["connectors.getConnection", "gmail"], ["user:connectors.connectAppUser", "x"], …] }.
// A path starting with `user:` is called on the user's client, any other on `asServiceRole`.
// Prints one JSON array: { "value": … } or { "error": { status, message, code } } per call.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const config = JSON.parse(readFileSync(process.argv[2], "utf8"));
const home = createRequire(join(config.modules, "package.json"));
const folder = home.resolve("@base44/sdk").replace(/(@base44\/sdk)\/.*$/, "$1");
const { main, exports: entry } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
const file = entry?.["."]?.import ?? entry?.["."]?.default ?? entry?.["."] ?? main;
const { createClientFromRequest } = await import(pathToFileURL(join(folder, file)).href);

// What the SDK logs about errors goes to stderr anyway; the answer is the array.
console.log = console.error;
const results = [];
for (const [path, ...args] of config.calls) {
  try {
    const base44 = createClientFromRequest(new Request("http://127.0.0.1/", { headers: config.headers }));
    const asUser = path.startsWith("user:");
    const steps = path.replace(/^user:/, "").split(".");
    const method = steps.pop();
    const owner = steps.reduce((at, step) => at[step], asUser ? base44 : base44.asServiceRole);
    results.push({ value: (await owner[method](...args)) ?? null });
  } catch (error) {
    results.push({ error: { status: error.status ?? null, message: error.message, code: error.code ?? null } });
  }
}
process.stdout.write(JSON.stringify(results));
process.exit(0);
