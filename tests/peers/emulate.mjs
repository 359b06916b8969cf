// One vendor played by npm emulate, an independent emulator of its OAuth and API.
//
//   deno run -A emulate.mjs CONFIG.json
//
// CONFIG: { "modules": folder with node_modules, "service": "slack", "seed": {...} }. Prints {"url":"http://…"} once
// it listens and ends when standard input does.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";

const { modules, service, seed } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const api = join(modules, "node_modules/emulate/dist/api.js");
const { createEmulator } = await import(pathToFileURL(api).href);

const emulator = await createEmulator({ service, port: 0, seed: { [service]: seed } });
console.log(JSON.stringify({ url: emulator.url.replace("localhost", "127.0.0.1") }));
process.stdin.on("end", () => process.exit(0));
process.stdin.resume();
