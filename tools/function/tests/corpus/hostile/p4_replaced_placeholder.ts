// refuse: P4
import { createClientFromRequest } from "npm:@base44/sdk@0.8.31";

Deno.serve(async (req) => {
  const base44 = createClientFromRequest(req);
  const user = await base44.auth.me();
  if (!user) return Response.json({ error: "Unauthorized" }, { status: 401 });
  const { accessToken } = await base44.asServiceRole.connectors.getConnection("gmail");
  const { host } = await req.json();
  const url = "https://{host}/gmail/v1/users/me/profile".replace("{host}", host);
  const response = await fetch(url, { redirect: "error", headers: { authorization: `Bearer ${accessToken}` } });
  return Response.json(await response.json());
});
