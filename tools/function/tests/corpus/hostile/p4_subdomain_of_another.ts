// refuse: P4
import { createClientFromRequest } from "npm:@base44/sdk@0.8.31";

Deno.serve(async (req) => {
  const base44 = createClientFromRequest(req);
  const user = await base44.auth.me();
  if (!user) return Response.json({ error: "Unauthorized" }, { status: 401 });
  const other = await base44.asServiceRole.connectors.getConnection("zendesk");
  const connection = await base44.asServiceRole.connectors.getConnection("bamboohr");
  const subdomain = other.connectionConfig?.subdomain ?? "";
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(subdomain)) throw new Error("No.");
  await fetch(`https://${subdomain}.bamboohr.com/api/v1/employees/directory`, {
    headers: { authorization: `Bearer ${connection.accessToken}` },
    redirect: "error",
  });
  return Response.json({ ok: true });
});
