import React, { useState } from 'react';
import { useSearchParams } from 'react-router-dom';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Mail, Pencil, Phone, Star } from 'lucide-react';
import { toast } from 'sonner';
import { base44 } from '@/api/base44Client';
import BookingRow from '@/components/bookings/BookingRow';
import ClientForm from '@/components/clients/ClientForm';
import EmptyState from '@/components/shared/EmptyState';
import PageHeader from '@/components/shared/PageHeader';
import StatusBadge from '@/components/shared/StatusBadge';
import { Button } from '@/components/ui/button';
import { Card, CardContent, CardHeader, CardTitle } from '@/components/ui/card';
import { day, money } from '@/lib/format';

export default function ClientDetail() {
  const [params] = useSearchParams();
  const id = params.get('id');
  const [editing, setEditing] = useState(false);
  const queryClient = useQueryClient();

  const { data: client, isLoading } = useQuery({
    queryKey: ['client', id],
    queryFn: () => base44.entities.Client.get(id),
    enabled: Boolean(id),
  });
  const { data: bookings = [] } = useQuery({
    queryKey: ['bookings', 'client', id],
    queryFn: () => base44.entities.Booking.filter({ client_id: id }, '-start', 50),
    enabled: Boolean(id),
  });
  const { data: invoices = [] } = useQuery({
    queryKey: ['invoices', 'client', id],
    queryFn: () => base44.entities.Invoice.filter({ client_id: id }, '-issued_on', 50),
    enabled: Boolean(id),
  });
  const { data: reviews = [] } = useQuery({
    queryKey: ['reviews', 'client', id],
    queryFn: () => base44.entities.Review.filter({ client_id: id }, '-submitted_at', 20),
    enabled: Boolean(id),
  });

  const saveClient = useMutation({
    mutationFn: (changes) => base44.entities.Client.update(id, changes),
    onSuccess: () => {
      queryClient.invalidateQueries({ queryKey: ['client', id] });
      queryClient.invalidateQueries({ queryKey: ['clients'] });
      setEditing(false);
      toast.success('Client saved');
    },
    onError: () => toast.error('The client could not be saved'),
  });

  if (isLoading) return <p role="status">Loading…</p>;
  if (!client) return <EmptyState title="This client does not exist" />;

  return (
    <>
      <PageHeader title={client.full_name} subtitle={client.company}>
        <Button asChild variant="outline">
          <a href={`mailto:${client.email}`}><Mail className="h-4 w-4" aria-hidden="true" /> Email</a>
        </Button>
        {client.phone && (
          <Button asChild variant="outline">
            <a href={`tel:${client.phone}`}><Phone className="h-4 w-4" aria-hidden="true" /> Call</a>
          </Button>
        )}
        <Button onClick={() => setEditing(!editing)}>
          <Pencil className="h-4 w-4" aria-hidden="true" /> Edit
        </Button>
      </PageHeader>

      {editing && (
        <Card className="mb-6">
          <CardContent className="pt-5">
            <ClientForm
              client={client}
              onSubmit={(changes) => saveClient.mutate(changes)}
              onCancel={() => setEditing(false)}
              isSaving={saveClient.isPending}
            />
          </CardContent>
        </Card>
      )}

      <div className="grid gap-6 lg:grid-cols-3">
        <Card className="overflow-hidden lg:col-span-2">
          <CardHeader><CardTitle>Sessions</CardTitle></CardHeader>
          {bookings.length === 0 && <CardContent className="text-sm text-stone-600">No sessions yet.</CardContent>}
          <div className="divide-y divide-stone-100">
            {bookings.map((one) => <BookingRow key={one.id} booking={one} />)}
          </div>
        </Card>

        <div className="space-y-6">
          <Card>
            <CardHeader><CardTitle>Invoices</CardTitle></CardHeader>
            <CardContent className="space-y-2 text-sm">
              {invoices.length === 0 && <p className="text-stone-600">None.</p>}
              {invoices.map((one) => (
                <div key={one.id} className="flex items-center justify-between gap-2">
                  <span>{one.number}<span className="block text-xs text-stone-500">Due {day(one.due_date)}</span></span>
                  <span className="tabular-nums">{money(one.amount, one.currency)}</span>
                  <StatusBadge value={one.status} />
                </div>
              ))}
            </CardContent>
          </Card>
          <Card>
            <CardHeader><CardTitle>Reviews</CardTitle></CardHeader>
            <CardContent className="space-y-3 text-sm">
              {reviews.length === 0 && <p className="text-stone-600">None.</p>}
              {reviews.map((one) => (
                <blockquote key={one.id}>
                  <p className="flex items-center gap-1 text-amber-700">
                    <Star className="h-4 w-4 fill-current" aria-hidden="true" /> {one.rating} of 5
                  </p>
                  {one.comment}
                </blockquote>
              ))}
            </CardContent>
          </Card>
          {client.notes && <Card><CardContent className="whitespace-pre-line pt-5 text-sm">{client.notes}</CardContent></Card>}
        </div>
      </div>
    </>
  );
}
