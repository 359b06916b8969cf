// refuse: P8
import { createClientFromRequest } from "npm:@base44/sdk@0.8.31";

Deno.serve(async (req) => {
  const base44 = createClientFromRequest(req);
  const user = await base44.auth.me();
  if (!user) return Response.json({ error: "Unauthorized" }, { status: 401 });
  const [boss] = await base44.asServiceRole.entities.User.filter({ role: "admin" });
  const token = await base44.asServiceRole.connectors.getAppUserConnection(boss.id);
  return Response.json({ ok: Boolean(token) });
});
