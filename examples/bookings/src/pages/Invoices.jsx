import React, { useState } from 'react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { addDays, formatISO, getYear } from 'date-fns';
import { Receipt } from 'lucide-react';
import { toast } from 'sonner';
import { base44 } from '@/api/base44Client';
import EmptyState from '@/components/shared/EmptyState';
import PageHeader from '@/components/shared/PageHeader';
import StatusBadge from '@/components/shared/StatusBadge';
import { Button } from '@/components/ui/button';
import { Card, CardContent } from '@/components/ui/card';
import { Input } from '@/components/ui/input';
import { Label } from '@/components/ui/label';
import { Select } from '@/components/ui/select';
import { day, money } from '@/lib/format';

const date = (value) => formatISO(value, { representation: 'date' });

export default function Invoices() {
  const [clientId, setClientId] = useState('');
  const [amount, setAmount] = useState('');
  const [dueDate, setDueDate] = useState(date(addDays(new Date(), 14)));
  const queryClient = useQueryClient();
  const refresh = () => queryClient.invalidateQueries({ queryKey: ['invoices'] });

  const { data: invoices = [], isLoading } = useQuery({
    queryKey: ['invoices'],
    queryFn: () => base44.entities.Invoice.list('-issued_on', 200),
  });
  const { data: clients = [] } = useQuery({
    queryKey: ['clients'],
    queryFn: () => base44.entities.Client.list('full_name', 500),
  });

  const createInvoice = useMutation({
    mutationFn: () => {
      const client = clients.find((one) => one.id === clientId);
      const running = String(invoices.length + 1).padStart(4, '0');
      return base44.entities.Invoice.create({
        number: `NL-${getYear(new Date())}-${running}`,
        client_id: client.id,
        client_name: client.full_name,
        client_email: client.email,
        amount: Number(amount),
        issued_on: date(new Date()),
        due_date: dueDate,
        status: 'draft',
      });
    },
    onSuccess: () => {
      refresh();
      setAmount('');
      toast.success('Draft created');
    },
    onError: () => toast.error('The invoice could not be created'),
  });

  const updateInvoice = useMutation({
    mutationFn: ({ id, ...changes }) => base44.entities.Invoice.update(id, changes),
    onSuccess: refresh,
  });

  const sumOf = (...states) => invoices
    .filter((one) => states.includes(one.status))
    .reduce((sum, one) => sum + one.amount, 0);

  return (
    <>
      <PageHeader title="Invoices" subtitle={`${money(sumOf('sent', 'overdue'))} open, ${money(sumOf('overdue'))} of it overdue`} />

      <Card className="mb-6">
        <CardContent className="pt-5">
          <form className="grid items-end gap-4 sm:grid-cols-4" onSubmit={(event) => { event.preventDefault(); createInvoice.mutate(); }}>
            <div>
              <Label htmlFor="client">Client</Label>
              <Select id="client" required value={clientId} onValueChange={setClientId}>
                <option value="">Choose a client</option>
                {clients.map((one) => <option key={one.id} value={one.id}>{one.full_name}</option>)}
              </Select>
            </div>
            <div>
              <Label htmlFor="amount">Amount (EUR)</Label>
              <Input id="amount" type="number" min="0" step="0.01" required value={amount} onChange={(e) => setAmount(e.target.value)} />
            </div>
            <div>
              <Label htmlFor="due">Due date</Label>
              <Input id="due" type="date" required value={dueDate} onChange={(e) => setDueDate(e.target.value)} />
            </div>
            <Button type="submit" variant="accent" disabled={createInvoice.isPending}>Create draft</Button>
          </form>
        </CardContent>
      </Card>

      {!isLoading && invoices.length === 0 && <EmptyState icon={Receipt} title="No invoices yet" />}
      {invoices.length > 0 && (
        <Card className="overflow-x-auto">
          <table className="w-full text-left text-sm">
            <thead className="border-b border-stone-200 text-stone-600">
              <tr>
                {['Number', 'Client', 'Issued', 'Due', 'Amount', 'Status', 'Action'].map((head) => (
                  <th key={head} scope="col" className="px-5 py-3 font-medium">{head}</th>
                ))}
              </tr>
            </thead>
            <tbody className="divide-y divide-stone-100">
              {invoices.map((one) => (
                <tr key={one.id}>
                  <td className="px-5 py-3 font-mono text-xs">{one.number}</td>
                  <td className="px-5 py-3">{one.client_name}</td>
                  <td className="px-5 py-3">{day(one.issued_on)}</td>
                  <td className="px-5 py-3">{day(one.due_date)}</td>
                  <td className="px-5 py-3 tabular-nums">{money(one.amount, one.currency)}</td>
                  <td className="px-5 py-3"><StatusBadge value={one.status} /></td>
                  <td className="px-5 py-3">
                    {one.status === 'draft' && (
                      <Button size="sm" variant="outline" onClick={() => updateInvoice.mutate({ id: one.id, status: 'sent' })}>Mark as sent</Button>
                    )}
                    {['sent', 'overdue'].includes(one.status) && (
                      <Button
                        size="sm"
                        onClick={() => updateInvoice.mutate({ id: one.id, status: 'paid', paid_at: new Date().toISOString() })}
                      >
                        Mark as paid
                      </Button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Card>
      )}
    </>
  );
}
