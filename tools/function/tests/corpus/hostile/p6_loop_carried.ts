// refuse: P6
import { createClientFromRequest } from "npm:@base44/sdk@0.8.31";

Deno.serve(async (req) => {
  const base44 = createClientFromRequest(req);
  const user = await base44.auth.me();
  if (!user) return Response.json({ error: "Unauthorized" }, { status: 401 });
  const { accessToken } = await base44.asServiceRole.connectors.getConnection("gmail");
  let a = "";
  let b = "";
  let c = "";
  for (let i = 0; i < 4; i++) {
    console.log(c);
    c = b;
    b = a;
    a = accessToken;
  }
  return Response.json({ ok: true });
});
