// refuse: P4
import { createClientFromRequest } from "npm:@base44/sdk@0.8.31";

Deno.serve(async (req) => {
  const base44 = createClientFromRequest(req);
  const user = await base44.auth.me();
  if (!user) return Response.json({ error: "Unauthorized" }, { status: 401 });
  const { accessToken } = await base44.asServiceRole.connectors.getConnection("gmail");
  return Response.json(await call("/gmail/v1/users/me/profile", accessToken, (await req.json()).base));
});

async function call(path, token, base = "https://gmail.googleapis.com") {
  const response = await fetch(base + path, { redirect: "error", headers: { authorization: `Bearer ${token}` } });
  return await response.json();
}
