import React, { useMemo, useState } from 'react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { CalendarDays, Plus } from 'lucide-react';
import { toast } from 'sonner';
import { base44 } from '@/api/base44Client';
import BookingForm from '@/components/bookings/BookingForm';
import BookingRow from '@/components/bookings/BookingRow';
import EmptyState from '@/components/shared/EmptyState';
import PageHeader from '@/components/shared/PageHeader';
import { Button } from '@/components/ui/button';
import { Card, CardContent, CardHeader, CardTitle } from '@/components/ui/card';
import { Input } from '@/components/ui/input';
import { Label } from '@/components/ui/label';
import { Select } from '@/components/ui/select';
import { label } from '@/lib/format';

const STATUSES = ['pending', 'confirmed', 'completed', 'cancelled', 'no_show'];

export default function Bookings() {
  const [showForm, setShowForm] = useState(false);
  const [status, setStatus] = useState('all');
  const [search, setSearch] = useState('');
  const queryClient = useQueryClient();

  const { data: bookings = [], isLoading } = useQuery({
    queryKey: ['bookings'],
    queryFn: () => base44.entities.Booking.list('-start', 200),
  });

  const createBooking = useMutation({
    mutationFn: (booking) => base44.entities.Booking.create(booking),
    onSuccess: () => {
      queryClient.invalidateQueries({ queryKey: ['bookings'] });
      setShowForm(false);
      toast.success('Booking saved');
    },
    onError: () => toast.error('The booking could not be saved'),
  });

  const shown = useMemo(() => {
    const words = search.trim().toLowerCase();
    return bookings.filter((one) => {
      const fits = status === 'all' || one.status === status;
      const text = `${one.client_name} ${one.service_name} ${one.location}`.toLowerCase();
      return fits && text.includes(words);
    });
  }, [bookings, status, search]);

  return (
    <>
      <PageHeader title="Bookings" subtitle={`${bookings.length} sessions in the diary`}>
        <Button variant="accent" onClick={() => setShowForm(true)}>
          <Plus className="h-4 w-4" aria-hidden="true" /> New booking
        </Button>
      </PageHeader>

      {showForm && (
        <Card className="mb-6">
          <CardHeader><CardTitle>New booking</CardTitle></CardHeader>
          <CardContent>
            <BookingForm
              onSubmit={(booking) => createBooking.mutate(booking)}
              onCancel={() => setShowForm(false)}
              isSaving={createBooking.isPending}
            />
          </CardContent>
        </Card>
      )}

      <div className="mb-4 flex flex-wrap gap-3">
        <div className="w-full sm:w-72">
          <Label htmlFor="search">Search</Label>
          <Input
            id="search"
            type="search"
            placeholder="Client, service or place"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        </div>
        <div className="w-full sm:w-44">
          <Label htmlFor="status">Status</Label>
          <Select id="status" value={status} onValueChange={setStatus}>
            <option value="all">All</option>
            {STATUSES.map((one) => <option key={one} value={one}>{label(one)}</option>)}
          </Select>
        </div>
      </div>

      {isLoading && <p role="status" className="text-sm text-stone-600">Loading bookings…</p>}
      {!isLoading && shown.length === 0 && (
        <EmptyState icon={CalendarDays} title="No bookings here" hint="Try another status or search." />
      )}
      {shown.length > 0 && (
        <Card className="divide-y divide-stone-100 overflow-hidden">
          {shown.map((one) => <BookingRow key={one.id} booking={one} />)}
        </Card>
      )}
    </>
  );
}
