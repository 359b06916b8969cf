import React, { useEffect, useState } from 'react';
import { format } from 'date-fns';
import { Check, Flame } from 'lucide-react';
import { Habit } from '@/api/entities';
import { checkHabit } from '@/api/functions';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

export default function Habits() {
  const [habits, setHabits] = useState([]);
  const [name, setName] = useState('');
  const [time, setTime] = useState('08:00');
  const [days, setDays] = useState(DAYS.slice(0, 5));
  const today = format(new Date(), 'yyyy-MM-dd');

  const load = async () => setHabits(await Habit.list('time_of_day'));

  useEffect(() => {
    load();
  }, []);

  const addHabit = async (event) => {
    event.preventDefault();
    await Habit.create({ name, time_of_day: time, days });
    setName('');
    load();
  };

  const tick = async (habit) => {
    await checkHabit({ habit_id: habit.id, day: today });
    load();
  };

  const toggleDay = (day) =>
    setDays((old) => (old.includes(day) ? old.filter((one) => one !== day) : [...old, day]));

  return (
    <>
      <h1 className="mb-6 text-2xl font-semibold">Habits</h1>

      <form onSubmit={addHabit} className="mb-8 grid gap-3 rounded-lg bg-white p-4 shadow-sm sm:grid-cols-2">
        <label className="text-sm">
          Habit
          <Input required placeholder="Read for twenty minutes" value={name} onChange={(event) => setName(event.target.value)} />
        </label>
        <label className="text-sm">
          Time of day
          <Input type="time" value={time} onChange={(event) => setTime(event.target.value)} />
        </label>
        <fieldset className="flex flex-wrap gap-3 text-sm sm:col-span-2">
          <legend className="mb-1">Days</legend>
          {DAYS.map((day) => (
            <label key={day} className="flex items-center gap-1 capitalize">
              <input type="checkbox" checked={days.includes(day)} onChange={() => toggleDay(day)} /> {day}
            </label>
          ))}
        </fieldset>
        <Button type="submit" className="sm:col-span-2">Add habit</Button>
      </form>

      <ul className="space-y-3">
        {habits.map((habit) => {
          const done = habit.last_done_on === today;
          return (
            <li key={habit.id} className="flex items-center justify-between rounded-lg bg-white p-4 shadow-sm">
              <div>
                <p className="font-medium">{habit.name}</p>
                <p className="text-xs text-slate-600">{habit.time_of_day} · {(habit.days ?? []).join(', ')}</p>
              </div>
              <div className="flex items-center gap-4">
                <span className="flex items-center gap-1 text-sm text-amber-700">
                  <Flame className="h-4 w-4" aria-hidden="true" /> {habit.streak ?? 0}
                  <span className="sr-only">days in a row</span>
                </span>
                <Button variant={done ? 'outline' : 'default'} disabled={done} onClick={() => tick(habit)}>
                  <Check className="h-4 w-4" aria-hidden="true" /> {done ? 'Done' : 'Tick'}
                </Button>
              </div>
            </li>
          );
        })}
      </ul>
      {habits.length === 0 && <p className="text-sm text-slate-600">No habits yet. Start with a small one.</p>}
    </>
  );
}
