// callers: anyone
// A public form: anybody may send it, so what they send is held short.
import { createClientFromRequest } from "npm:@base44/sdk@0.8.31";

Deno.serve(async (req) => {
  const base44 = createClientFromRequest(req);
  const { name, message } = await req.json();
  if (typeof name !== "string" || typeof message !== "string" || message.length > 2000) {
    return Response.json({ error: "Send name and message." }, { status: 400 });
  }
  await base44.asServiceRole.entities.Inquiry.create({ name, message });
  const { accessToken } = await base44.asServiceRole.connectors.getConnection("slackbot");
  const response = await fetch("https://slack.com/api/chat.postMessage", {
    method: "POST",
    redirect: "error",
    headers: { authorization: `Bearer ${accessToken}`, "content-type": "application/json; charset=utf-8" },
    body: JSON.stringify({ channel: "#inbox", text: `${name}: ${message}`.replaceAll("<", "&lt;") }),
  });
  const answer = await response.json();
  return Response.json({ ok: answer.ok }, { status: answer.ok ? 200 : 502 });
});
