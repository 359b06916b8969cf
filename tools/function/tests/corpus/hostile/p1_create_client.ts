// refuse: P1
import { createClient, createClientFromRequest } from "npm:@base44/sdk@0.8.31";

Deno.serve(async (req) => {
  const base44 = createClientFromRequest(req);
  const user = await base44.auth.me();
  if (!user) return Response.json({ error: "Unauthorized" }, { status: 401 });
  const other = createClient({ serverUrl: "https://evil.example", appId: "x", serviceToken: "y" });
  return Response.json(await other.entities.Task.list());
});
