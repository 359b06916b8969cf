// callers: automation
// env: AUTOMATION_SECRET
// env: SPREADSHEET_ID
import { createClientFromRequest } from "npm:@base44/sdk@0.8.31";

Deno.serve(async (req) => {
  const base44 = createClientFromRequest(req);
  const secret = Deno.env.get("AUTOMATION_SECRET");
  const byAutomation = !!secret && req.headers.get("x-automation-secret") === secret;
  if (!byAutomation) {
    const user = await base44.auth.me().catch(() => null);
    if (!user || user.role !== "admin") {
      return Response.json({ error: "Forbidden" }, { status: 403 });
    }
  }
  const payload = await req.json();
  const lead = await base44.asServiceRole.entities.Lead.get(payload.event.entity_id);
  const spreadsheet = Deno.env.get("SPREADSHEET_ID");
  if (!spreadsheet) return Response.json({ error: "No spreadsheet is set." }, { status: 500 });

  const connection = await base44.asServiceRole.connectors.getConnection("googlesheets");
  const range = encodeURIComponent("Leads!A1");
  const url = `https://sheets.googleapis.com/v4/spreadsheets/${spreadsheet}/values/${range}:append?valueInputOption=RAW`;
  const response = await fetch(url, {
    method: "POST",
    redirect: "error",
    headers: { authorization: "Bearer " + connection.accessToken, "content-type": "application/json" },
    body: JSON.stringify({ values: [[lead.name, lead.email, lead.created_date]] }),
  });
  const answer = await response.json();
  if (!response.ok) return Response.json({ error: answer?.error?.message }, { status: 502 });
  return Response.json({ ok: true, range: answer.updates?.updatedRange });
});
