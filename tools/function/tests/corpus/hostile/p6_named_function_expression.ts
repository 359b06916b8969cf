// refuse: P6
import { createClientFromRequest } from "npm:@base44/sdk@0.8.31";

Deno.serve(async (req) => {
  const base44 = createClientFromRequest(req);
  const user = await base44.auth.me();
  if (!user) return Response.json({ error: "Unauthorized" }, { status: 401 });
  const { accessToken } = await base44.asServiceRole.connectors.getConnection("gmail");
  const run = function again(n: number, text: string) {
    if (n === 1) console.log(text);
    else again(1, text);
  };
  run(0, accessToken);
  return Response.json({ ok: true });
});
