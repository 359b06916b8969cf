import React, { useMemo, useState } from 'react';
import { Link } from 'react-router-dom';
import { useQuery } from '@tanstack/react-query';
import { addDays, addWeeks, format, isSameDay, isToday, parseISO, startOfWeek } from 'date-fns';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { base44 } from '@/api/base44Client';
import PageHeader from '@/components/shared/PageHeader';
import { Button } from '@/components/ui/button';
import { Label } from '@/components/ui/label';
import { Select } from '@/components/ui/select';
import { time } from '@/lib/format';
import { cn } from '@/lib/utils';
import { createPageUrl } from '@/utils';

const COLORS = {
  pending: 'border-amber-500 bg-amber-50',
  confirmed: 'border-emerald-600 bg-emerald-50',
  completed: 'border-sky-600 bg-sky-50',
  no_show: 'border-red-600 bg-red-50',
};

export default function Calendar() {
  const [weekStart, setWeekStart] = useState(() => startOfWeek(new Date(), { weekStartsOn: 1 }));
  const [staffEmail, setStaffEmail] = useState('all');
  const days = useMemo(() => Array.from({ length: 7 }, (_, index) => addDays(weekStart, index)), [weekStart]);

  const { data: staff = [] } = useQuery({
    queryKey: ['staff'],
    queryFn: () => base44.entities.StaffMember.filter({ is_active: true }, 'full_name'),
  });
  const { data: bookings = [] } = useQuery({
    queryKey: ['bookings', 'week', weekStart.toISOString()],
    queryFn: () => base44.entities.Booking.filter({
      start: { $gte: weekStart.toISOString(), $lt: addDays(weekStart, 7).toISOString() },
    }, 'start'),
  });

  const shown = bookings.filter((one) =>
    one.status !== 'cancelled' && (staffEmail === 'all' || one.staff_email === staffEmail));

  return (
    <>
      <PageHeader
        title="Calendar"
        subtitle={`${format(weekStart, 'd MMMM')} to ${format(addDays(weekStart, 6), 'd MMMM yyyy')}`}
      >
        <div className="w-48">
          <Label htmlFor="staff" className="sr-only">Photographer</Label>
          <Select id="staff" value={staffEmail} onValueChange={setStaffEmail}>
            <option value="all">Whole team</option>
            {staff.map((one) => <option key={one.id} value={one.email}>{one.full_name}</option>)}
          </Select>
        </div>
        <Button variant="outline" size="icon" aria-label="Previous week" onClick={() => setWeekStart(addWeeks(weekStart, -1))}>
          <ChevronLeft className="h-4 w-4" />
        </Button>
        <Button variant="outline" onClick={() => setWeekStart(startOfWeek(new Date(), { weekStartsOn: 1 }))}>Today</Button>
        <Button variant="outline" size="icon" aria-label="Next week" onClick={() => setWeekStart(addWeeks(weekStart, 1))}>
          <ChevronRight className="h-4 w-4" />
        </Button>
      </PageHeader>

      <div className="grid gap-3 md:grid-cols-7">
        {days.map((date) => {
          const sessions = shown.filter((one) => isSameDay(parseISO(one.start), date));
          return (
            <section
              key={date.toISOString()}
              aria-label={format(date, 'EEEE d MMMM')}
              className={cn('min-h-24 rounded-xl border border-stone-200 bg-white p-3', isToday(date) && 'ring-2 ring-amber-600')}
            >
              <h2 className="mb-2 text-sm font-medium text-stone-600">{format(date, 'EEE d')}</h2>
              <div className="space-y-2">
                {sessions.map((one) => (
                  <Link
                    key={one.id}
                    to={`${createPageUrl('BookingDetail')}?id=${one.id}`}
                    className={cn('block rounded-md border-l-4 p-2 text-xs hover:shadow', COLORS[one.status])}
                  >
                    <span className="block tabular-nums">{time(one.start)}–{time(one.end)}</span>
                    <span className="block font-medium">{one.client_name}</span>
                    <span className="block text-stone-600">{one.service_name}</span>
                  </Link>
                ))}
              </div>
            </section>
          );
        })}
      </div>
    </>
  );
}
