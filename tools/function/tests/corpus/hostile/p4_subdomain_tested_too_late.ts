// refuse: P4
import { createClientFromRequest } from "npm:@base44/sdk@0.8.31";

Deno.serve(async (req) => {
  const base44 = createClientFromRequest(req);
  const user = await base44.auth.me();
  if (!user) return Response.json({ error: "Unauthorized" }, { status: 401 });
  const connection = await base44.asServiceRole.connectors.getConnection("zendesk");
  const subdomain = connection.connectionConfig?.subdomain ?? "";
  await fetch(`https://${subdomain}.zendesk.com/api/v2/tickets.json`, {
    headers: { authorization: `Bearer ${connection.accessToken}` },
    redirect: "error",
  });
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(subdomain)) throw new Error("No.");
  return Response.json({ ok: true });
});
