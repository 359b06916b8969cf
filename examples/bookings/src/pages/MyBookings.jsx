import React, { useState } from 'react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { isFuture, parseISO } from 'date-fns';
import { CalendarDays, Check } from 'lucide-react';
import { base44 } from '@/api/base44Client';
import BookingRow from '@/components/bookings/BookingRow';
import EmptyState from '@/components/shared/EmptyState';
import PageHeader from '@/components/shared/PageHeader';
import { Button } from '@/components/ui/button';
import { Card, CardHeader, CardTitle } from '@/components/ui/card';
import { useCurrentUser } from '@/hooks/useCurrentUser';

export default function MyBookings() {
  const { user } = useCurrentUser();
  const [showPast, setShowPast] = useState(false);
  const queryClient = useQueryClient();

  // Only the sessions of the person who is signed in
  const { data: bookings = [], isLoading } = useQuery({
    queryKey: ['bookings', 'mine', user?.email],
    queryFn: () => base44.entities.Booking.filter({ staff_email: user.email }, 'start', 200),
    enabled: Boolean(user),
  });

  const complete = useMutation({
    mutationFn: async (booking) => {
      await base44.entities.Booking.update(booking.id, { status: 'completed' });
      await base44.entities.Client.update(booking.client_id, { last_booking_at: booking.end });
    },
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['bookings'] }),
  });

  const open = bookings.filter((one) => ['pending', 'confirmed'].includes(one.status));
  const upcoming = open.filter((one) => isFuture(parseISO(one.end)));
  const toClose = open.filter((one) => !isFuture(parseISO(one.end)));
  const past = bookings.filter((one) => !['pending', 'confirmed'].includes(one.status));

  return (
    <>
      <PageHeader title="My bookings" subtitle="The sessions you run">
        <Button variant="outline" aria-pressed={showPast} onClick={() => setShowPast(!showPast)}>
          {showPast ? 'Hide past sessions' : 'Show past sessions'}
        </Button>
      </PageHeader>

      {!isLoading && bookings.length === 0 && (
        <EmptyState icon={CalendarDays} title="You have no sessions" hint="Sessions assigned to you show up here." />
      )}

      {toClose.length > 0 && (
        <Card className="mb-6 overflow-hidden border-amber-300">
          <CardHeader><CardTitle>Over, but not closed</CardTitle></CardHeader>
          {toClose.map((one) => (
            <div key={one.id} className="flex items-center justify-between gap-3 pr-5">
              <div className="flex-1"><BookingRow booking={one} /></div>
              <Button size="sm" onClick={() => complete.mutate(one)} disabled={complete.isPending}>
                <Check className="h-4 w-4" aria-hidden="true" /> Completed
              </Button>
            </div>
          ))}
        </Card>
      )}

      {upcoming.length > 0 && (
        <Card className="mb-6 overflow-hidden">
          <CardHeader><CardTitle>Coming up</CardTitle></CardHeader>
          <div className="divide-y divide-stone-100">
            {upcoming.map((one) => <BookingRow key={one.id} booking={one} />)}
          </div>
        </Card>
      )}

      {showPast && (
        <Card className="overflow-hidden">
          <CardHeader><CardTitle>Past</CardTitle></CardHeader>
          <div className="divide-y divide-stone-100">
            {past.map((one) => <BookingRow key={one.id} booking={one} />)}
          </div>
        </Card>
      )}
    </>
  );
}
