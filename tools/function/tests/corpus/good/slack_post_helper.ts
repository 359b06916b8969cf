// callers: signed_in
import { createClientFromRequest } from "npm:@base44/sdk@0.8.25";

async function slackPost(token: string, method: string, payload: Record<string, unknown>) {
  const response = await fetch("https://slack.com/api/" + method, {
    method: "POST",
    redirect: "error",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json; charset=utf-8" },
    body: JSON.stringify(payload),
  });
  const answer = await response.json();
  if (!answer.ok) throw new Error(`Slack: ${answer.error}`);
  return answer;
}

const notify = (token: string, channel: string, text: string) =>
  slackPost(token, "chat.postMessage", { channel, text });

Deno.serve(async (req) => {
  const base44 = createClientFromRequest(req);
  const signedIn = await base44.auth.isAuthenticated();
  if (!signedIn) return new Response("Unauthorized", { status: 401 });
  const token = await base44.asServiceRole.connectors.getAccessToken("slackbot");
  const open = await base44.entities.Task.filter({ status: "open" }, "-created_date", 50);
  const { channels } = await slackPost(token, "conversations.list", { limit: 200 });
  const target = channels.find((channel) => channel.name === "tasks");
  if (!target) return Response.json({ error: "There is no channel #tasks." }, { status: 404 });
  await notify(token, target.id, `${open.length} open tasks`);
  return Response.json({ posted: true });
});
