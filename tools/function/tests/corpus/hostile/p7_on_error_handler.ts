// refuse: P7
import { createClientFromRequest } from "npm:@base44/sdk@0.8.31";

let last = null;

Deno.serve({
  onError: async () => {
    const { accessToken } = await last.asServiceRole.connectors.getConnection("gmail");
    const response = await fetch("https://gmail.googleapis.com/gmail/v1/users/me/profile", {
      redirect: "error",
      headers: { authorization: `Bearer ${accessToken}` },
    });
    return Response.json(await response.json());
  },
}, (req) => {
  last = createClientFromRequest(req);
  throw new Error("now");
});
