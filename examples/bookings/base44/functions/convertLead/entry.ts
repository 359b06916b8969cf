import { createClientFromRequest } from 'npm:@base44/sdk@0.8.31';

// Turns a lead into a client. A client with the same email is reused.
Deno.serve(async (req) => {
  try {
    const base44 = createClientFromRequest(req);
    const user = await base44.auth.me();
    if (!user) {
      return Response.json({ error: 'Please sign in first.' }, { status: 401 });
    }

    const { lead_id } = await req.json();
    if (typeof lead_id !== 'string' || lead_id === '') {
      return Response.json({ error: 'lead_id is required.' }, { status: 400 });
    }

    const lead = await base44.entities.Lead.get(lead_id);
    if (!lead) {
      return Response.json({ error: 'There is no such lead.' }, { status: 404 });
    }
    if (lead.converted_client_id) {
      return Response.json({ client_id: lead.converted_client_id, created: false });
    }

    const known = await base44.entities.Client.filter({ email: lead.email }, '-created_date', 1);
    const client = known[0] ?? await base44.entities.Client.create({
      full_name: lead.full_name,
      email: lead.email,
      phone: lead.phone,
      company: lead.company,
      notes: lead.message,
      tags: [`from ${lead.source ?? 'website'}`],
    });

    await base44.entities.Lead.update(lead.id, {
      stage: 'won',
      converted_client_id: client.id,
    });

    return Response.json({ client_id: client.id, created: known.length === 0 });
  } catch (error) {
    console.error('convertLead:', error);
    return Response.json({ error: 'The lead could not be converted.' }, { status: 500 });
  }
});
