// refuse: P6
import { createClientFromRequest } from "npm:@base44/sdk@0.8.31";

Deno.serve(async (req) => {
  const base44 = createClientFromRequest(req);
  const user = await base44.auth.me();
  if (!user) return Response.json({ error: "Unauthorized" }, { status: 401 });
  const { accessToken } = await base44.asServiceRole.connectors.getConnection("hubspot");
  await fetch("https://api.hubapi.com/crm/v3/objects/contacts", {
    headers: { "x-shopify-access-token": accessToken },
    redirect: "error",
  });
  return Response.json({ ok: true });
});
