// refuse: P6
import { createClientFromRequest } from "npm:@base44/sdk@0.8.31";

Deno.serve(async (req) => {
  const base44 = createClientFromRequest(req);
  const user = await base44.auth.me();
  if (!user) return Response.json({ error: "Unauthorized" }, { status: 401 });
  const key = Deno.env.get("TELEGRAM_BOT_TOKEN");
  const url = `https://api.telegram.org/bot${key}/sendMessage`;
  const response = await fetch(url, { method: "POST", redirect: "error" });
  if (!response.ok) throw new Error(`${url} failed`);
  return Response.json({ ok: true });
});
