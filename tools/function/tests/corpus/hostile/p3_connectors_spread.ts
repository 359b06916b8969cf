// refuse: P3
import { createClientFromRequest } from "npm:@base44/sdk@0.8.31";

Deno.serve(async (req) => {
  const base44 = createClientFromRequest(req);
  const tools = { ...base44.asServiceRole.connectors };
  const found = await tools.getConnection("gmail");
  return Response.json({ found });
});
