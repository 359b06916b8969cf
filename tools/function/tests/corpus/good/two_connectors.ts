// callers: role
// A row and a message: each token to its own host.
import { createClientFromRequest } from "npm:@base44/sdk@0.8.31";

const ALLOWED = ["admin", "manager"];

async function guard(base44): Promise<Response | null> {
  const user = await base44.auth.me().catch(() => null);
  if (!user) return Response.json({ error: "Sign in first." }, { status: 401 });
  if (!ALLOWED.includes(user.role)) return Response.json({ error: "Forbidden" }, { status: 403 });
  return null;
}

async function send(url: string, token: string, body: unknown) {
  const response = await fetch(url, {
    method: "POST",
    redirect: "error",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${response.status}`);
  return await response.json();
}

Deno.serve(async (req) => {
  const base44 = createClientFromRequest(req);
  const denied = await guard(base44);
  if (denied) return denied;
  const { sheet, order } = await req.json();
  const [sheets, slack] = await Promise.all([
    base44.asServiceRole.connectors.getConnection("googlesheets"),
    base44.asServiceRole.connectors.getConnection("slackbot"),
  ]);
  await send(
    `https://sheets.googleapis.com/v4/spreadsheets/${sheet}/values/A1:append?valueInputOption=RAW`,
    sheets.accessToken,
    { values: [[order.number, order.total]] },
  );
  const posted = await send("https://slack.com/api/chat.postMessage", slack.accessToken, {
    channel: "C012345",
    text: `Order ${order.number}`,
  });
  return Response.json({ ok: posted.ok });
});
