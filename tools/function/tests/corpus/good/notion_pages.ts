// callers: signed_in
import { createClientFromRequest } from "npm:@base44/sdk@0.8.31";

const NOTION = { base: "https://api.notion.com/v1", version: "2022-06-28" };

function headers(token: string) {
  return {
    Authorization: `Bearer ${token}`,
    "Notion-Version": NOTION.version,
    "Content-Type": "application/json",
  };
}

async function requireUser(base44) {
  const user = await base44.auth.me();
  if (!user) throw new Error("unauthorized");
  return user;
}

Deno.serve(async (req) => {
  try {
    const base44 = createClientFromRequest(req);
    const user = await requireUser(base44);
    const { database_id, title } = await req.json();
    const { accessToken } = await base44.asServiceRole.connectors.getConnection("notion");
    const query = await fetch(`${NOTION.base}/databases/${database_id}/query`, {
      method: "POST",
      redirect: "error",
      headers: headers(accessToken),
      body: JSON.stringify({ filter: { property: "Name", title: { equals: title } } }),
    });
    const { results } = await query.json();
    if (results.length > 0) return Response.json({ id: results[0].id, created: false });
    const created = await fetch(`${NOTION.base}/pages`, {
      method: "POST",
      redirect: "error",
      headers: headers(accessToken),
      body: JSON.stringify({
        parent: { database_id },
        properties: { Name: { title: [{ text: { content: `${title} (${user.email})` } }] } },
      }),
    });
    const page = await created.json();
    return Response.json({ id: page.id, created: true });
  } catch (error) {
    const message = error instanceof Error ? error.message : "failed";
    return Response.json({ error: message }, { status: message === "unauthorized" ? 401 : 500 });
  }
});
