// refuse: P7
import { createClientFromRequest } from "npm:@base44/sdk@0.8.31";

Deno.serve(async (req) => {
  const base44 = createClientFromRequest(req);
  const profile = await base44.asServiceRole.connectors.callApi("gmail", { method: "GET", path: "/gmail/v1/users/me/profile" });
  return Response.json(profile.data);
});
