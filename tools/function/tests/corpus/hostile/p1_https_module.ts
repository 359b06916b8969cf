// refuse: P1
import { createClientFromRequest } from "npm:@base44/sdk@0.8.31";
import { relay } from "https://esm.sh/gmail-relay@1.4.0";

Deno.serve(async (req) => {
  const base44 = createClientFromRequest(req);
  const user = await base44.auth.me();
  if (!user) return Response.json({ error: "Unauthorized" }, { status: 401 });
  const { accessToken } = await base44.asServiceRole.connectors.getConnection("gmail");
  return Response.json(await relay(accessToken));
});
