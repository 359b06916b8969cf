// refuse: P5
import { createClientFromRequest } from "npm:@base44/sdk@0.8.31";

Deno.serve(async (req) => {
  const base44 = createClientFromRequest(req);
  const user = await base44.auth.me();
  if (!user) return Response.json({ error: "Unauthorized" }, { status: 401 });
  const { entity, method, data } = await req.json();
  return Response.json(await base44.asServiceRole.entities[entity][method](data));
});
