// refuse: P7
// callers: automation
// env: AUTOMATION_SECRET
import { createClientFromRequest } from "npm:@base44/sdk@0.8.31";

Deno.serve(async (req) => {
  const secret = Deno.env.get("AUTOMATION_SECRET");
  if (secret && req.headers.get("x-secret") !== secret) {
    return Response.json({ error: "Forbidden" }, { status: 403 });
  }
  const base44 = createClientFromRequest(req);
  const { accessToken } = await base44.asServiceRole.connectors.getConnection("gmail");
  const response = await fetch("https://gmail.googleapis.com/gmail/v1/users/me/profile", {
    redirect: "error",
    headers: { authorization: `Bearer ${accessToken}` },
  });
  return Response.json(await response.json());
});
