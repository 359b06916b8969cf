// callers: signed_in
// The broker adds the token, so none is here.
import { createClientFromRequest } from "npm:@base44/sdk@0.8.50";

Deno.serve(async (req) => {
  const base44 = createClientFromRequest(req);
  const user = await base44.auth.me();
  if (!user) return Response.json({ error: "Unauthorized" }, { status: 401 });
  const { id } = await req.json();
  const profile = await base44.asServiceRole.connectors.callApi("gmail", { method: "GET", path: "/gmail/v1/users/me/profile" });
  const message = await base44.asServiceRole.connectors.callApi("gmail", {
    method: "GET",
    host: "gmail.googleapis.com",
    path: `/gmail/v1/users/me/messages/${id}`,
  });
  await base44.asServiceRole.integrations.Core.SendEmail({ to: user.email, subject: "Your message", body: message.data.snippet });
  return Response.json({ email: profile.data.emailAddress });
});
