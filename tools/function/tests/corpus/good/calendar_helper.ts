// callers: role
// One helper, four calls: method and path are known at each call of it.
import { createClientFromRequest } from "npm:@base44/sdk@0.8.31";

const API = "https://www.googleapis.com/calendar/v3";

async function api(token: string, path: string, { method = "GET", body }: { method?: string; body?: unknown } = {}) {
  for (let attempt = 0; attempt < 3; attempt++) {
    const response = await fetch(`${API}${path}`, {
      method,
      redirect: "error",
      signal: AbortSignal.timeout(15_000),
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body: body ? JSON.stringify(body) : undefined,
    });
    if (response.status === 429 && attempt < 2) {
      const wait = Number(response.headers.get("retry-after") ?? "1");
      await new Promise((resolve) => setTimeout(resolve, wait * 1000));
      continue;
    }
    if (!response.ok) throw new Error(`Calendar answered ${response.status}`);
    return response.status === 204 ? null : await response.json();
  }
  throw new Error("Calendar is busy");
}

Deno.serve(async (req) => {
  try {
    const base44 = createClientFromRequest(req);
    const user = await base44.auth.me();
    if (user?.role !== "admin") {
      return Response.json({ error: "Forbidden" }, { status: 403 });
    }
    const { action, booking_id } = await req.json();
    const booking = await base44.asServiceRole.entities.Booking.get(booking_id);
    const { accessToken } = await base44.asServiceRole.connectors.getConnection("googlecalendar");

    if (action === "cancel") {
      await api(accessToken, `/calendars/primary/events/${encodeURIComponent(booking.calendar_event_id)}`, { method: "DELETE" });
      await base44.asServiceRole.entities.Booking.update(booking.id, { calendar_event_id: null });
      return Response.json({ cancelled: true });
    }
    if (action === "list") {
      const query = new URLSearchParams({ timeMin: new Date().toISOString(), singleEvents: "true" });
      const page = await api(accessToken, `/calendars/primary/events?${query}`);
      return Response.json({ events: page.items });
    }
    const event = {
      summary: booking.title,
      start: { dateTime: booking.start, timeZone: booking.time_zone },
      end: { dateTime: booking.end, timeZone: booking.time_zone },
      attendees: [{ email: booking.client_email }],
    };
    const saved = booking.calendar_event_id
      ? await api(accessToken, `/calendars/primary/events/${booking.calendar_event_id}`, { method: "PATCH", body: event })
      : await api(accessToken, "/calendars/primary/events", { method: "POST", body: event });
    await base44.asServiceRole.entities.Booking.update(booking.id, { calendar_event_id: saved.id });
    return Response.json({ id: saved.id });
  } catch (error) {
    console.error("syncBooking", error instanceof Error ? error.message : error);
    return Response.json({ error: "The calendar could not be updated." }, { status: 500 });
  }
});
