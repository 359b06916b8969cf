import { createClientFromRequest } from 'npm:@base44/sdk@0.8.31';

// Mails the client the details of one booking and notes when that happened.
Deno.serve(async (req) => {
  try {
    const base44 = createClientFromRequest(req);
    const user = await base44.auth.me();
    if (!user) {
      return Response.json({ error: 'Please sign in first.' }, { status: 401 });
    }

    const { booking_id } = await req.json();
    if (typeof booking_id !== 'string' || booking_id === '') {
      return Response.json({ error: 'booking_id is required.' }, { status: 400 });
    }

    // Read as the caller, so that the rules on Booking apply.
    const booking = await base44.entities.Booking.get(booking_id);
    if (!booking) {
      return Response.json({ error: 'There is no such booking.' }, { status: 404 });
    }
    if (!booking.client_email) {
      return Response.json({ error: 'This booking has no client email.' }, { status: 422 });
    }

    const [settings] = await base44.asServiceRole.entities.StudioSettings.list('-created_date', 1);
    const studio = settings?.studio_name ?? 'Northlight Studio';
    const when = new Intl.DateTimeFormat('en-GB', {
      dateStyle: 'full',
      timeStyle: 'short',
      timeZone: booking.time_zone ?? settings?.time_zone ?? 'Europe/Berlin',
    }).format(new Date(booking.start));

    const lines = [
      `Hello ${booking.client_name},`,
      '',
      `your ${booking.service_name} session is booked:`,
      `When: ${when}`,
      `Where: ${booking.location ?? studio}`,
    ];
    if (booking.price) {
      lines.push(`Price: ${booking.price} ${settings?.currency ?? 'EUR'}`);
    }
    lines.push('', settings?.email_signature ?? `See you soon,\n${studio}`);

    await base44.asServiceRole.integrations.Core.SendEmail({
      from_name: studio,
      to: booking.client_email,
      subject: `Your booking at ${studio}`,
      body: lines.join('\n'),
    });

    const confirmation_sent_at = new Date().toISOString();
    await base44.asServiceRole.entities.Booking.update(booking.id, { confirmation_sent_at });

    return Response.json({ sent_to: booking.client_email, confirmation_sent_at });
  } catch (error) {
    console.error('sendBookingConfirmation:', error);
    return Response.json({ error: 'The confirmation could not be sent.' }, { status: 500 });
  }
});
