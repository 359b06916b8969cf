import React from 'react';
import { Link } from 'react-router-dom';
import { useQuery } from '@tanstack/react-query';
import { isSameMonth, isToday, isFuture, parseISO } from 'date-fns';
import { CalendarDays, CheckSquare, Receipt, Sparkles } from 'lucide-react';
import { base44 } from '@/api/base44Client';
import BookingRow from '@/components/bookings/BookingRow';
import EmptyState from '@/components/shared/EmptyState';
import PageHeader from '@/components/shared/PageHeader';
import StatusBadge from '@/components/shared/StatusBadge';
import { Button } from '@/components/ui/button';
import { Card, CardContent, CardHeader, CardTitle } from '@/components/ui/card';
import { useCurrentUser } from '@/hooks/useCurrentUser';
import { day, money } from '@/lib/format';
import { createPageUrl } from '@/utils';

function Stat({ icon: Icon, name, value, page }) {
  return (
    <Link to={createPageUrl(page)}>
      <Card className="transition-shadow hover:shadow-md">
        <CardContent className="flex items-center gap-4 pt-5">
          <span className="rounded-lg bg-amber-50 p-3 text-amber-800">
            <Icon className="h-5 w-5" aria-hidden="true" />
          </span>
          <div>
            <p className="text-2xl font-semibold tabular-nums">{value}</p>
            <p className="text-sm text-stone-600">{name}</p>
          </div>
        </CardContent>
      </Card>
    </Link>
  );
}

export default function Dashboard() {
  const { user } = useCurrentUser();

  const { data: bookings = [] } = useQuery({
    queryKey: ['bookings'],
    queryFn: () => base44.entities.Booking.list('start', 200),
  });
  const { data: tasks = [] } = useQuery({
    queryKey: ['tasks', 'mine', user?.email],
    queryFn: () => base44.entities.Task.filter({ assignee_email: user.email }, 'due_date', 50),
    enabled: Boolean(user),
  });
  const { data: leads = [] } = useQuery({
    queryKey: ['leads', 'new'],
    queryFn: () => base44.entities.Lead.filter({ stage: 'new' }, '-created_date', 50),
  });
  const { data: invoices = [] } = useQuery({
    queryKey: ['invoices'],
    queryFn: () => base44.entities.Invoice.list('-issued_on', 200),
  });

  const upcoming = bookings.filter((one) => isFuture(parseISO(one.end)) && one.status !== 'cancelled');
  const today = upcoming.filter((one) => isToday(parseISO(one.start)));
  const openTasks = tasks.filter((one) => one.status !== 'done');
  const paidThisMonth = invoices
    .filter((one) => one.paid_at && isSameMonth(parseISO(one.paid_at), new Date()))
    .reduce((sum, one) => sum + one.amount, 0);

  return (
    <>
      <PageHeader
        title={user?.full_name ? `Hello, ${user.full_name.split(' ')[0]}` : 'Hello'}
        subtitle="Here is what the studio has on today."
      >
        <Button asChild variant="accent">
          <Link to={createPageUrl('Bookings')}>New booking</Link>
        </Button>
      </PageHeader>

      <div className="mb-6 grid gap-4 sm:grid-cols-2 lg:grid-cols-4">
        <Stat icon={CalendarDays} name="Sessions today" value={today.length} page="Calendar" />
        <Stat icon={CheckSquare} name="Your open tasks" value={openTasks.length} page="Tasks" />
        <Stat icon={Sparkles} name="New leads" value={leads.length} page="Leads" />
        <Stat icon={Receipt} name="Paid this month" value={money(paidThisMonth)} page="Invoices" />
      </div>

      <div className="grid gap-6 lg:grid-cols-3">
        <Card className="lg:col-span-2">
          <CardHeader><CardTitle>Next sessions</CardTitle></CardHeader>
          <div className="divide-y divide-stone-100">
            {upcoming.slice(0, 6).map((one) => <BookingRow key={one.id} booking={one} />)}
          </div>
          {upcoming.length === 0 && (
            <CardContent>
              <EmptyState icon={CalendarDays} title="Nothing booked" hint="New bookings show up here." />
            </CardContent>
          )}
        </Card>

        <Card>
          <CardHeader><CardTitle>Your to-do list</CardTitle></CardHeader>
          <CardContent>
            <ul className="space-y-3">
              {openTasks.slice(0, 8).map((task) => (
                <li key={task.id} className="flex items-start justify-between gap-2 text-sm">
                  <span>
                    {task.title}
                    {task.due_date && <span className="block text-xs text-stone-500">Due {day(task.due_date)}</span>}
                  </span>
                  <StatusBadge value={task.priority} />
                </li>
              ))}
            </ul>
            {openTasks.length === 0 && <p className="text-sm text-stone-600">All done. Enjoy the light.</p>}
          </CardContent>
        </Card>
      </div>
    </>
  );
}
