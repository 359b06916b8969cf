// refuse: P4
import { createClientFromRequest } from "npm:@base44/sdk@0.8.31";

Deno.serve(async (req) => {
  const base44 = createClientFromRequest(req);
  const user = await base44.auth.me();
  if (!user) return Response.json({ error: "Unauthorized" }, { status: 401 });
  const response = await fetch("http://169.254.169.254/latest/meta-data/", { redirect: "error" });
  return new Response(await response.text());
});
