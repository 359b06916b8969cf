// callers: automation
// Started by a schedule, whose caller is the platform's own service user.
import { createClientFromRequest } from "npm:@base44/sdk@0.8.31";

const TIME_ZONE = "Europe/Berlin";

Deno.serve(async (req) => {
  const base44 = createClientFromRequest(req);
  const user = await base44.auth.me().catch(() => null);
  if (!user) return Response.json({ error: "Sign in first." }, { status: 401 });
  if (user.role !== "admin" && !user.is_service) {
    return Response.json({ error: "Only admins and automations may run this." }, { status: 403 });
  }
  const today = new Intl.DateTimeFormat("en-CA", { timeZone: TIME_ZONE }).format(new Date());
  const due = await base44.asServiceRole.entities.Task.filter({ due_date: today });
  if (due.length === 0) return Response.json({ skipped: "Nothing is due." });
  const { accessToken } = await base44.asServiceRole.connectors.getConnection("slackbot");
  const failures = [];
  for (const task of due) {
    try {
      await call("https://slack.com/api/chat.postMessage", {
        method: "POST",
        headers: { authorization: `Bearer ${accessToken}`, "content-type": "application/json; charset=utf-8" },
        body: JSON.stringify({ channel: "C0TASKS", text: `• ${task.title}` }),
      });
      await base44.asServiceRole.entities.Task.update(task.id, { reminded_on: today });
    } catch (error) {
      failures.push({ id: task.id, error: reason(error) });
    }
  }
  return Response.json({ ok: failures.length === 0, failures });
});

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Calls Slack; waits and tries again when it is busy. */
async function call(url: string, init: RequestInit) {
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(url, {
      ...init,
      redirect: "error",
      signal: AbortSignal.timeout(15_000),
    });
    if (attempt < 3 && [429, 502, 503, 504].includes(response.status)) {
      const seconds = Number(response.headers.get("retry-after")) || attempt;
      await response.body?.cancel();
      await new Promise((resolve) => setTimeout(resolve, Math.min(seconds, 20) * 1000));
      continue;
    }
    const answer = await response.json().catch(() => null);
    if (!response.ok || answer?.ok === false) {
      const reason = answer?.error ?? response.statusText;
      throw new Error(`Slack answered ${response.status}: ${reason}`, { cause: response.status });
    }
    return answer;
  }
}
