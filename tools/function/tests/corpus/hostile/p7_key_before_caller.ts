// refuse: P7
import { createClientFromRequest } from "npm:@base44/sdk@0.8.31";

const key = Deno.env.get("RESEND_API_KEY");

Deno.serve(async (req) => {
  const base44 = createClientFromRequest(req);
  await fetch("https://api.resend.com/emails", {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: await req.text(),
    redirect: "error",
  });
  const user = await base44.auth.me();
  return Response.json({ ok: Boolean(user) });
});
