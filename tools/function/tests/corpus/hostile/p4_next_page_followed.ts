// refuse: P4
import { createClientFromRequest } from "npm:@base44/sdk@0.8.31";

Deno.serve(async (req) => {
  const base44 = createClientFromRequest(req);
  const user = await base44.auth.me();
  if (!user) return Response.json({ error: "Unauthorized" }, { status: 401 });
  const { accessToken } = await base44.asServiceRole.connectors.getConnection("outlook");
  let url = "https://graph.microsoft.com/v1.0/me/messages";
  for (let page = 0; page < 10; page++) {
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${accessToken}` },
      redirect: "error",
    });
    const answer = await response.json();
    url = answer["@odata.nextLink"];
    if (!url) break;
  }
  return Response.json({ ok: true });
});
