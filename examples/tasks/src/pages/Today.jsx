import React, { useEffect, useState } from 'react';
import { format } from 'date-fns';
import { Sparkles } from 'lucide-react';
import { Habit, Task, User } from '@/api/entities';
import { planMyDay } from '@/api/functions';
import TaskItem from '@/components/tasks/TaskItem';
import { Button } from '@/components/ui/button';

export default function Today() {
  const [user, setUser] = useState(null);
  const [tasks, setTasks] = useState([]);
  const [habits, setHabits] = useState([]);
  const [plan, setPlan] = useState(null);
  const [isPlanning, setIsPlanning] = useState(false);
  const today = format(new Date(), 'yyyy-MM-dd');

  const loadTasks = async () => setTasks(await Task.list('due_date', 200));

  useEffect(() => {
    User.me().then(setUser);
    Habit.list('name').then(setHabits);
    loadTasks();
  }, []);

  const toggle = async (task) => {
    const status = task.status === 'done' ? 'todo' : 'done';
    await Task.update(task.id, {
      status,
      completed_at: status === 'done' ? new Date().toISOString() : null,
    });
    loadTasks();
  };

  const makePlan = async () => {
    setIsPlanning(true);
    try {
      const { data } = await planMyDay();
      setPlan(data);
    } finally {
      setIsPlanning(false);
    }
  };

  const planned = new Set(plan?.task_ids ?? []);
  const due = tasks.filter((task) =>
    task.status !== 'done' && (planned.has(task.id) || (task.due_date && task.due_date <= today)));
  const doneToday = tasks.filter((task) => task.completed_at && format(new Date(task.completed_at), 'yyyy-MM-dd') === today);
  const openHabits = habits.filter((habit) => habit.last_done_on !== today);

  return (
    <>
      <p className="text-sm text-slate-600">{format(new Date(), 'EEEE, d MMMM')}</p>
      <div className="mb-6 flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-2xl font-semibold">
          {user?.full_name ? `Good to see you, ${user.full_name.split(' ')[0]}` : 'Today'}
        </h1>
        <Button variant="outline" onClick={makePlan} disabled={isPlanning}>
          <Sparkles className="h-4 w-4" aria-hidden="true" /> {isPlanning ? 'Thinking…' : 'Plan my day'}
        </Button>
      </div>

      {plan?.reason && <p className="mb-4 rounded-lg bg-teal-50 p-4 text-sm text-teal-900">{plan.reason}</p>}

      <h2 className="mb-3 text-sm font-semibold text-slate-600">To do today</h2>
      {due.length === 0 && <p className="mb-6 text-sm text-slate-600">Nothing is due. A good day for a walk.</p>}
      <ul className="mb-8 space-y-3">
        {due.map((task) => <TaskItem key={task.id} task={task} onToggle={toggle} />)}
      </ul>

      {doneToday.length > 0 && (
        <>
          <h2 className="mb-3 text-sm font-semibold text-slate-600">Done today</h2>
          <ul className="mb-8 space-y-3">
            {doneToday.map((task) => <TaskItem key={task.id} task={task} onToggle={toggle} />)}
          </ul>
        </>
      )}

      {openHabits.length > 0 && (
        <p className="text-sm text-slate-600">
          Habits left: {openHabits.map((habit) => habit.name).join(', ')}
        </p>
      )}
    </>
  );
}
