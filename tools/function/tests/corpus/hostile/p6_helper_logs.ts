// refuse: P6
import { createClientFromRequest } from "npm:@base44/sdk@0.8.31";

Deno.serve(async (req) => {
  const base44 = createClientFromRequest(req);
  const user = await base44.auth.me();
  if (!user) return Response.json({ error: "Unauthorized" }, { status: 401 });
  const { accessToken } = await base44.asServiceRole.connectors.getConnection("gmail");
  const response = await call("https://gmail.googleapis.com/gmail/v1/users/me/profile", {
    headers: { authorization: `Bearer ${accessToken}` },
  });
  return Response.json(response);
});

async function call(url: string, init: RequestInit) {
  console.debug("calling", url, init);
  const response = await fetch(url, { ...init, redirect: "error" });
  return await response.json();
}
