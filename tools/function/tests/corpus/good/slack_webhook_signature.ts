// callers: automation
// env: SLACK_SIGNING_SECRET
// A provider's webhook: the signature is checked before anything is done.
import { createClientFromRequest } from "npm:@base44/sdk@0.8.31";

Deno.serve(async (req) => {
  const secret = Deno.env.get("SLACK_SIGNING_SECRET");
  if (!secret) return Response.json({ error: "Not set up." }, { status: 500 });
  const raw = await req.clone().text();
  const key = await crypto.subtle.importKey(
    "raw",
    new TextEncoder().encode(secret),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["verify"],
  );
  const hex = (req.headers.get("x-slack-signature") ?? "").slice(3);
  const signature = Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  const signed = new TextEncoder().encode(`v0:${req.headers.get("x-slack-request-timestamp")}:${raw}`);
  const genuine = await crypto.subtle.verify("HMAC", key, signature, signed);
  if (!genuine) return new Response("Bad signature", { status: 401 });

  const base44 = createClientFromRequest(req);
  const { event } = JSON.parse(raw);
  const { accessToken } = await base44.asServiceRole.connectors.getConnection("slackbot");
  await fetch("https://slack.com/api/chat.postMessage", {
    method: "POST",
    redirect: "error",
    headers: { authorization: `Bearer ${accessToken}`, "content-type": "application/json" },
    body: JSON.stringify({ channel: event.channel, thread_ts: event.ts, text: "Noted." }),
  });
  return Response.json({ ok: true });
});
