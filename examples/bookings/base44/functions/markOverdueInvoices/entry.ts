import { createClientFromRequest } from 'npm:@base44/sdk@0.8.31';

// Runs every morning: sent invoices past their due date become overdue, and
// the team gets a task to call. It takes no input, and running it twice
// changes nothing.
Deno.serve(async (req) => {
  try {
    const base44 = createClientFromRequest(req);

    // The schedule runs without a signed-in user; people need to be admins.
    const user = await base44.auth.me().catch(() => null);
    if (user && user.role !== 'admin') {
      return Response.json({ error: 'Only admins may run this.' }, { status: 403 });
    }

    const today = new Date().toISOString().slice(0, 10);
    const { Invoice, Task, StudioSettings } = base44.asServiceRole.entities;
    const open = await Invoice.filter({ status: 'sent' }, 'due_date', 200);
    const late = open.filter((invoice) => invoice.due_date < today);
    const [settings] = await StudioSettings.list('-created_date', 1);

    for (const invoice of late) {
      await Invoice.update(invoice.id, { status: 'overdue' });
      await Task.create({
        title: `Call ${invoice.client_name ?? 'the client'} about ${invoice.number}`,
        description: `${invoice.amount} ${invoice.currency} were due on ${invoice.due_date}.`,
        due_date: today,
        priority: 'high',
        assignee_email: settings?.contact_email,
        booking_id: invoice.booking_id,
      });
    }

    return Response.json({ checked: open.length, overdue: late.length });
  } catch (error) {
    console.error('markOverdueInvoices:', error);
    return Response.json({ error: 'Invoices could not be checked.' }, { status: 500 });
  }
});
