import React, { useState } from 'react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { isPast, parseISO } from 'date-fns';
import { CheckSquare } from 'lucide-react';
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
import { useCurrentUser } from '@/hooks/useCurrentUser';
import { day, label } from '@/lib/format';
import { cn } from '@/lib/utils';

const STATUSES = ['todo', 'in_progress', 'done'];
const PRIORITIES = ['low', 'medium', 'high'];
const EMPTY = { title: '', due_date: '', priority: 'medium', assignee_email: '' };

export default function Tasks() {
  const { user } = useCurrentUser();
  const [form, setForm] = useState(EMPTY);
  const [onlyMine, setOnlyMine] = useState(false);
  const queryClient = useQueryClient();
  const refresh = () => queryClient.invalidateQueries({ queryKey: ['tasks'] });
  const set = (field) => (value) => setForm((old) => ({ ...old, [field]: value }));

  const { data: tasks = [], isLoading } = useQuery({
    queryKey: ['tasks'],
    queryFn: () => base44.entities.Task.list('due_date', 300),
  });
  const { data: staff = [] } = useQuery({
    queryKey: ['staff'],
    queryFn: () => base44.entities.StaffMember.filter({ is_active: true }, 'full_name'),
  });

  const createTask = useMutation({
    mutationFn: () => base44.entities.Task.create({
      title: form.title,
      priority: form.priority,
      due_date: form.due_date || undefined,
      assignee_email: form.assignee_email || user.email,
      status: 'todo',
    }),
    onSuccess: () => {
      refresh();
      setForm(EMPTY);
    },
    onError: () => toast.error('The task could not be saved'),
  });

  const moveTask = useMutation({
    mutationFn: ({ id, status }) => base44.entities.Task.update(id, {
      status,
      completed_at: status === 'done' ? new Date().toISOString() : null,
    }),
    onSuccess: refresh,
  });

  const shown = onlyMine ? tasks.filter((one) => one.assignee_email === user?.email) : tasks;
  const isLate = (task) => task.due_date && task.status !== 'done' && isPast(parseISO(`${task.due_date}T23:59:59`));

  return (
    <>
      <PageHeader title="Tasks" subtitle="Editing, prints, calls: what is left to do">
        <label className="flex items-center gap-2 text-sm">
          <input type="checkbox" checked={onlyMine} onChange={(event) => setOnlyMine(event.target.checked)} />
          Only my tasks
        </label>
      </PageHeader>

      <Card className="mb-6">
        <CardContent className="pt-5">
          <form className="grid items-end gap-4 sm:grid-cols-5" onSubmit={(event) => { event.preventDefault(); createTask.mutate(); }}>
            <div className="sm:col-span-2">
              <Label htmlFor="title">New task</Label>
              <Input id="title" required placeholder="Retouch the Rivera portraits" value={form.title} onChange={(e) => set('title')(e.target.value)} />
            </div>
            <div>
              <Label htmlFor="due_date">Due date</Label>
              <Input id="due_date" type="date" value={form.due_date} onChange={(e) => set('due_date')(e.target.value)} />
            </div>
            <div>
              <Label htmlFor="assignee">Who</Label>
              <Select id="assignee" value={form.assignee_email} onValueChange={set('assignee_email')}>
                <option value="">Me</option>
                {staff.map((one) => <option key={one.id} value={one.email}>{one.full_name}</option>)}
              </Select>
            </div>
            <div>
              <Label htmlFor="priority">Priority</Label>
              <Select id="priority" value={form.priority} onValueChange={set('priority')}>
                {PRIORITIES.map((one) => <option key={one} value={one}>{label(one)}</option>)}
              </Select>
            </div>
            <Button type="submit" variant="accent" disabled={createTask.isPending}>Add task</Button>
          </form>
        </CardContent>
      </Card>

      {!isLoading && shown.length === 0 && <EmptyState icon={CheckSquare} title="No tasks" hint="Add the first one above." />}
      <div className="grid gap-4 md:grid-cols-3">
        {STATUSES.map((status) => (
          <section key={status} aria-label={label(status)}>
            <h2 className="mb-3 text-sm font-semibold">{label(status)}</h2>
            <div className="space-y-3">
              {shown.filter((one) => one.status === status).map((task) => (
                <Card key={task.id} className="p-4 text-sm">
                  <div className="flex items-start justify-between gap-2">
                    <p className={cn('font-medium', status === 'done' && 'text-stone-500 line-through')}>{task.title}</p>
                    <StatusBadge value={task.priority} />
                  </div>
                  <p className={cn('mt-1 text-xs text-stone-500', isLate(task) && 'font-medium text-red-700')}>
                    {task.due_date ? `Due ${day(task.due_date)}` : 'No due date'} · {task.assignee_email}
                  </p>
                  <Select
                    className="mt-3"
                    aria-label={`Status of ${task.title}`}
                    value={task.status}
                    onValueChange={(next) => moveTask.mutate({ id: task.id, status: next })}
                  >
                    {STATUSES.map((one) => <option key={one} value={one}>{label(one)}</option>)}
                  </Select>
                </Card>
              ))}
            </div>
          </section>
        ))}
      </div>
    </>
  );
}
