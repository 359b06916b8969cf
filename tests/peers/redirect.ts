// Loaded before a function (`deno run --preload redirect.ts … function.ts CAPTURE MILLISECONDS`): the function itself
// stays as it is.
//
// The clock stands at the given moment and waiting takes no time. A request to any host but this machine goes to
// CAPTURE, which is told where it was meant to go; method, headers, body and options are the function's own.
const [capture, moment] = Deno.args;
const now = Number(moment);

const RealDate = globalThis.Date;
globalThis.Date = new Proxy(RealDate, {
  apply: () => new RealDate(now).toString(),
  construct: (target, args, as) => Reflect.construct(target, args.length > 0 ? args : [now], as),
  get: (target, name, self) => (name === "now" ? () => now : Reflect.get(target, name, self)),
});

const wait = globalThis.setTimeout;
globalThis.setTimeout = ((then: () => void, _ms?: number, ...args: []) => wait(then, 0, ...args)) as typeof wait;

const send = globalThis.fetch;
globalThis.fetch = (input, init) => {
  const meant = new URL(input instanceof Request ? input.url : input);
  if (meant.hostname === "127.0.0.1") return send(input, init);
  const to = `${capture}/?${new URLSearchParams({ to: meant.href })}`;
  return send(input instanceof Request ? new Request(to, input) : to, init);
};
