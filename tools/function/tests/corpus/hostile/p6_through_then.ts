// refuse: P6
import { createClientFromRequest } from "npm:@base44/sdk@0.8.31";

Deno.serve(async (req) => {
  const base44 = createClientFromRequest(req);
  const user = await base44.auth.me();
  if (!user) return Response.json({ error: "Unauthorized" }, { status: 401 });
  const { accessToken } = await base44.asServiceRole.connectors.getConnection("gmail");
  return base44.asServiceRole.connectors.getConnection("gmail").then((found) => Response.json({ found }));
});
