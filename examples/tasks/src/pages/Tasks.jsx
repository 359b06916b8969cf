import React, { useEffect, useState } from 'react';
import { Plus } from 'lucide-react';
import { Project, Task } from '@/api/entities';
import TaskItem from '@/components/tasks/TaskItem';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';

const EMPTY = { title: '', notes: '', due_date: '', remind_at: '', priority: 'normal', project_id: '' };
const FILTERS = [
  { value: 'todo', name: 'To do' },
  { value: 'doing', name: 'Doing' },
  { value: 'done', name: 'Done' },
];

export default function Tasks() {
  const [tasks, setTasks] = useState([]);
  const [projects, setProjects] = useState([]);
  const [status, setStatus] = useState('todo');
  const [form, setForm] = useState(EMPTY);
  const [error, setError] = useState('');
  const set = (field) => (event) => setForm((old) => ({ ...old, [field]: event.target.value }));

  const loadTasks = async () => setTasks(await Task.filter({ status }, 'due_date', 200));

  useEffect(() => {
    loadTasks();
  }, [status]);

  useEffect(() => {
    Project.filter({ status: 'active' }, 'name').then(setProjects);
  }, []);

  const addTask = async (event) => {
    event.preventDefault();
    setError('');
    try {
      await Task.create({
        title: form.title,
        notes: form.notes,
        priority: form.priority,
        due_date: form.due_date || undefined,
        remind_at: form.remind_at ? new Date(form.remind_at).toISOString() : undefined,
        project_id: form.project_id || undefined,
      });
      setForm(EMPTY);
      loadTasks();
    } catch {
      setError('The task could not be saved. Please try again.');
    }
  };

  const toggle = async (task) => {
    const next = task.status === 'done' ? 'todo' : 'done';
    await Task.update(task.id, { status: next, completed_at: next === 'done' ? new Date().toISOString() : null });
    loadTasks();
  };

  return (
    <>
      <h1 className="mb-6 text-2xl font-semibold">Tasks</h1>

      <form onSubmit={addTask} className="mb-8 grid gap-3 rounded-lg bg-white p-4 shadow-sm sm:grid-cols-2">
        <label className="text-sm sm:col-span-2">
          Title
          <Input required placeholder="Book the dentist" value={form.title} onChange={set('title')} />
        </label>
        <label className="text-sm">
          Due date
          <Input type="date" value={form.due_date} onChange={set('due_date')} />
        </label>
        <label className="text-sm">
          Remind me
          <Input type="datetime-local" value={form.remind_at} onChange={set('remind_at')} />
        </label>
        <label className="text-sm">
          Project
          <select className="h-9 w-full rounded-md border border-slate-300 bg-white px-2" value={form.project_id} onChange={set('project_id')}>
            <option value="">None</option>
            {projects.map((project) => <option key={project.id} value={project.id}>{project.name}</option>)}
          </select>
        </label>
        <label className="text-sm">
          Priority
          <select className="h-9 w-full rounded-md border border-slate-300 bg-white px-2" value={form.priority} onChange={set('priority')}>
            <option value="low">Low</option>
            <option value="normal">Normal</option>
            <option value="high">High</option>
          </select>
        </label>
        {error && <p role="alert" className="text-sm text-rose-700 sm:col-span-2">{error}</p>}
        <Button type="submit" className="sm:col-span-2">
          <Plus className="h-4 w-4" aria-hidden="true" /> Add task
        </Button>
      </form>

      <div className="mb-4 flex gap-2">
        {FILTERS.map((one) => (
          <Button
            key={one.value}
            variant={status === one.value ? 'default' : 'outline'}
            aria-pressed={status === one.value}
            onClick={() => setStatus(one.value)}
          >
            {one.name}
          </Button>
        ))}
      </div>

      <ul className="space-y-3">
        {tasks.map((task) => (
          <TaskItem
            key={task.id}
            task={task}
            project={projects.find((project) => project.id === task.project_id)}
            onToggle={toggle}
          />
        ))}
      </ul>
      {tasks.length === 0 && <p className="text-sm text-slate-600">No tasks here.</p>}
    </>
  );
}
