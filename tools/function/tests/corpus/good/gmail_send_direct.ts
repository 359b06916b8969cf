// callers: signed_in
import { createClientFromRequest } from "npm:@base44/sdk@0.8.31";

const isAddress = (value: unknown): value is string =>
  typeof value === "string" && /^[^\s@<>,;]+@[^\s@<>,;]+$/.test(value);

Deno.serve(async (req) => {
  const base44 = createClientFromRequest(req);
  const user = await base44.auth.me();
  if (!user) {
    return Response.json({ error: "Unauthorized" }, { status: 401 });
  }
  const { to, subject, text } = await req.json();
  if (!isAddress(to)) {
    return Response.json({ error: "to must be one address" }, { status: 400 });
  }
  const { accessToken } = await base44.asServiceRole.connectors.getConnection("gmail");
  const raw = base64url([
    `To: ${to}`,
    `Subject: =?utf-8?B?${base64(String(subject))}?=`,
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: base64",
    "",
    base64(String(text)),
  ].join("\r\n"));
  const response = await fetch("https://gmail.googleapis.com/gmail/v1/users/me/messages/send", {
    method: "POST",
    redirect: "error",
    signal: AbortSignal.timeout(15_000),
    headers: {
      authorization: `Bearer ${accessToken}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ raw }),
  });
  if (!response.ok) {
    console.error("gmail", response.status, await response.text());
    return Response.json({ error: "The mail was not sent." }, { status: 502 });
  }
  const sent = await response.json();
  return Response.json({ id: sent.id });
});

function base64(text: string): string {
  let binary = "";
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}

function base64url(text: string): string {
  return base64(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
