// refuse: P7
import { createClientFromRequest } from "npm:@base44/sdk@0.8.31";

Deno.serve(async (req) => {
  const base44 = createClientFromRequest(req);
  const user = base44.auth.me();
  if (!user) return Response.json({ error: "Unauthorized" }, { status: 401 });
  const { accessToken } = await base44.asServiceRole.connectors.getConnection("gmail");
  const response = await fetch("https://gmail.googleapis.com/gmail/v1/users/me/profile", {
    redirect: "error",
    headers: { authorization: `Bearer ${accessToken}` },
  });
  return Response.json(await response.json());
});
