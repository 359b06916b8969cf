import React from 'react';
import { Link, useSearchParams } from 'react-router-dom';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { CalendarCheck, CalendarX, Mail } from 'lucide-react';
import { toast } from 'sonner';
import { base44 } from '@/api/base44Client';
import EmptyState from '@/components/shared/EmptyState';
import PageHeader from '@/components/shared/PageHeader';
import StatusBadge from '@/components/shared/StatusBadge';
import { Button } from '@/components/ui/button';
import { Card, CardContent, CardHeader, CardTitle } from '@/components/ui/card';
import { dayAndTime, money, time } from '@/lib/format';
import { createPageUrl } from '@/utils';

function Fact({ name, children }) {
  return (
    <div>
      <dt className="text-xs uppercase tracking-wide text-stone-500">{name}</dt>
      <dd className="mt-1 text-sm">{children || '–'}</dd>
    </div>
  );
}

export default function BookingDetail() {
  const [params] = useSearchParams();
  const id = params.get('id');
  const queryClient = useQueryClient();

  const { data: booking, isLoading } = useQuery({
    queryKey: ['booking', id],
    queryFn: () => base44.entities.Booking.get(id),
    enabled: Boolean(id),
  });
  const { data: tasks = [] } = useQuery({
    queryKey: ['tasks', 'booking', id],
    queryFn: () => base44.entities.Task.filter({ booking_id: id }, 'due_date'),
    enabled: Boolean(id),
  });

  const refresh = () => {
    queryClient.invalidateQueries({ queryKey: ['booking', id] });
    queryClient.invalidateQueries({ queryKey: ['bookings'] });
  };

  const setStatus = useMutation({
    mutationFn: (status) => base44.entities.Booking.update(id, { status }),
    onSuccess: refresh,
  });

  const sendConfirmation = useMutation({
    mutationFn: () => base44.functions.invoke('sendBookingConfirmation', { booking_id: id }),
    onSuccess: ({ data }) => {
      toast.success(`Confirmation sent to ${data.sent_to}`);
      refresh();
    },
    onError: () => toast.error('The confirmation could not be sent'),
  });

  if (isLoading) return <p role="status">Loading…</p>;
  if (!booking) return <EmptyState title="This booking does not exist" hint="It may have been deleted." />;

  return (
    <>
      <PageHeader title={booking.client_name} subtitle={`${booking.service_name} · ${dayAndTime(booking.start)}`}>
        {booking.status === 'pending' && (
          <Button variant="accent" onClick={() => setStatus.mutate('confirmed')}>
            <CalendarCheck className="h-4 w-4" aria-hidden="true" /> Confirm
          </Button>
        )}
        <Button variant="outline" onClick={() => sendConfirmation.mutate()} disabled={sendConfirmation.isPending}>
          <Mail className="h-4 w-4" aria-hidden="true" /> Send confirmation
        </Button>
        {booking.status !== 'cancelled' && (
          <Button variant="ghost" onClick={() => setStatus.mutate('cancelled')}>
            <CalendarX className="h-4 w-4" aria-hidden="true" /> Cancel booking
          </Button>
        )}
      </PageHeader>

      <div className="grid gap-6 lg:grid-cols-3">
        <Card className="lg:col-span-2">
          <CardHeader><CardTitle>Session</CardTitle></CardHeader>
          <CardContent>
            <dl className="grid gap-5 sm:grid-cols-2">
              <Fact name="Status"><StatusBadge value={booking.status} /></Fact>
              <Fact name="Price">{money(booking.price)}</Fact>
              <Fact name="Starts">{dayAndTime(booking.start)}</Fact>
              <Fact name="Ends">{time(booking.end)} ({booking.time_zone})</Fact>
              <Fact name="Location">{booking.location}</Fact>
              <Fact name="Photographer">{booking.staff_email}</Fact>
              <Fact name="Client">
                <Link className="text-amber-800 underline" to={`${createPageUrl('ClientDetail')}?id=${booking.client_id}`}>
                  {booking.client_email}
                </Link>
              </Fact>
              <Fact name="In calendar">{booking.calendar_event_id ? 'Yes' : 'Not yet'}</Fact>
              <Fact name="Confirmation">
                {booking.confirmation_sent_at ? `Sent ${dayAndTime(booking.confirmation_sent_at)}` : 'Not sent'}
              </Fact>
            </dl>
            {booking.notes && <p className="mt-6 whitespace-pre-line text-sm text-stone-700">{booking.notes}</p>}
          </CardContent>
        </Card>

        <Card>
          <CardHeader><CardTitle>Tasks for this session</CardTitle></CardHeader>
          <CardContent>
            {tasks.length === 0 && <p className="text-sm text-stone-600">None yet.</p>}
            <ul className="space-y-2 text-sm">
              {tasks.map((task) => (
                <li key={task.id} className="flex justify-between gap-2">
                  {task.title} <StatusBadge value={task.status} />
                </li>
              ))}
            </ul>
          </CardContent>
        </Card>
      </div>
    </>
  );
}
