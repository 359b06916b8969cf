// callers: signed_in
import { createClientFromRequest } from "npm:@base44/sdk@0.8.31";

const HUBSPOT = "https://api.hubapi.com";

class HubSpotError extends Error {
  status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

Deno.serve(async (req) => {
  const base44 = createClientFromRequest(req);
  const user = await base44.auth.me();
  if (!user) return Response.json({ error: "Unauthorized" }, { status: 401 });

  const { accessToken } = await base44.asServiceRole.connectors.getConnection("hubspot");
  const call = async (path: string, init: { method: string; body: unknown }) => {
    const response = await fetch(HUBSPOT + path, {
      method: init.method,
      redirect: "error",
      headers: { authorization: `Bearer ${accessToken}`, "content-type": "application/json" },
      body: JSON.stringify(init.body),
    });
    const answer = await response.json().catch(() => null);
    if (!response.ok) throw new HubSpotError(response.status, answer?.message ?? response.statusText);
    return answer;
  };

  try {
    const { email, name } = await req.json();
    const found = await call("/crm/v3/objects/contacts/search", {
      method: "POST",
      body: { filterGroups: [{ filters: [{ propertyName: "email", operator: "EQ", value: email }] }] },
    });
    const properties = { email, firstname: name };
    const known = found.results?.[0];
    const contact = known
      ? await call(`/crm/v3/objects/contacts/${known.id}`, { method: "PATCH", body: { properties } })
      : await call("/crm/v3/objects/contacts", { method: "POST", body: { properties } });
    return Response.json({ id: contact.id });
  } catch (error) {
    const status = error instanceof HubSpotError ? 502 : 500;
    return Response.json({ error: "HubSpot did not take the contact." }, { status });
  }
});
