// refuse: P4
import { createClientFromRequest } from "npm:@base44/sdk@0.8.31";

Deno.serve(async (req) => {
  const base44 = createClientFromRequest(req);
  const user = await base44.auth.me();
  if (!user) return Response.json({ error: "Unauthorized" }, { status: 401 });
  const { accessToken } = await base44.asServiceRole.connectors.getConnection("gmail");
  const { url } = await req.json();
  if (!/^https:\/\/(base44\.app\/api\/apps|media\.base44\.com\/files|qtrypzzcjebvfcihiynt\.supabase\.co\/storage)\//.test(url)) throw new Error("No.");
  await fetch(url, { headers: { authorization: `Bearer ${accessToken}` }, redirect: "error" });
  return Response.json({ ok: true });
});
