// refuse: P3
// env: SPREADSHEET_ID
import { createClientFromRequest } from "npm:@base44/sdk@0.8.31";

Deno.serve(async (req) => {
  const base44 = createClientFromRequest(req);
  const user = await base44.auth.me();
  if (!user) return Response.json({ error: "Unauthorized" }, { status: 401 });
  const { name } = await req.json();
  return Response.json({ value: Deno.env.get(name) });
});
