// callers: signed_in
// The caller's own mailbox, page by page.
import { createClientFromRequest } from "npm:@base44/sdk@0.8.40";

const CONNECTOR_ID = "66f0c1a2b3c4d5e6f7a8b9c0";
const BASE = "https://gmail.googleapis.com/gmail/v1/users/me";

export default async function handler(req: Request): Promise<Response> {
  const base44 = createClientFromRequest(req);
  let user = null;
  try {
    user = await base44.auth.me();
  } catch {
    return Response.json({ error: "Sign in first." }, { status: 401 });
  }
  if (user == null) return Response.json({ error: "Sign in first." }, { status: 401 });

  const { accessToken } = await base44.asServiceRole.connectors.getCurrentAppUserConnection(CONNECTOR_ID);
  const headers = new Headers();
  headers.set("Authorization", `Bearer ${accessToken}`);

  const ids: string[] = [];
  let pageToken: string | undefined;
  do {
    const url = new URL(`${BASE}/messages`);
    url.searchParams.set("maxResults", "100");
    url.searchParams.set("q", "is:unread");
    if (pageToken) url.searchParams.set("pageToken", pageToken);
    const response = await fetch(url, { headers, redirect: "error", signal: AbortSignal.timeout(10_000) });
    if (!response.ok) {
      return Response.json({ error: `Gmail answered ${response.status}` }, { status: 502 });
    }
    const page = await response.json();
    for (const message of page.messages ?? []) ids.push(message.id);
    pageToken = page.nextPageToken;
  } while (pageToken && ids.length < 500);

  const first = await Promise.all(ids.slice(0, 20).map(async (id) => {
    const response = await fetch(`${BASE}/messages/${id}?format=metadata`, { headers, redirect: "error" });
    return response.ok ? await response.json() : null;
  }));
  return Response.json({ count: ids.length, first: first.filter(Boolean) });
}
