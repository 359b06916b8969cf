import React, { useEffect, useState } from 'react';
import { format, parseISO } from 'date-fns';
import { Project, Task } from '@/api/entities';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';

const BARS = { teal: 'bg-teal-600', rose: 'bg-rose-600', indigo: 'bg-indigo-600', amber: 'bg-amber-600' };
const EMPTY = { name: '', goal: '', deadline: '', color: 'teal' };

export default function Projects() {
  const [projects, setProjects] = useState([]);
  const [tasks, setTasks] = useState([]);
  const [form, setForm] = useState(EMPTY);
  const set = (field) => (event) => setForm((old) => ({ ...old, [field]: event.target.value }));

  const load = async () => {
    const [allProjects, allTasks] = await Promise.all([Project.list('deadline'), Task.list('-created_date', 500)]);
    setProjects(allProjects);
    setTasks(allTasks);
  };

  useEffect(() => {
    load();
  }, []);

  const addProject = async (event) => {
    event.preventDefault();
    await Project.create({ ...form, deadline: form.deadline || undefined });
    setForm(EMPTY);
    load();
  };

  const finish = async (project) => {
    await Project.update(project.id, { status: 'finished' });
    load();
  };

  const progress = (project) => {
    const own = tasks.filter((task) => task.project_id === project.id);
    const done = own.filter((task) => task.status === 'done').length;
    return { total: own.length, done, percent: own.length ? Math.round((done / own.length) * 100) : 0 };
  };

  return (
    <>
      <h1 className="mb-6 text-2xl font-semibold">Projects</h1>

      <form onSubmit={addProject} className="mb-8 grid gap-3 rounded-lg bg-white p-4 shadow-sm sm:grid-cols-2">
        <label className="text-sm">
          Name
          <Input required value={form.name} onChange={set('name')} />
        </label>
        <label className="text-sm">
          Deadline
          <Input type="date" value={form.deadline} onChange={set('deadline')} />
        </label>
        <label className="text-sm">
          Goal
          <Input value={form.goal} onChange={set('goal')} />
        </label>
        <label className="text-sm">
          Color
          <select className="h-9 w-full rounded-md border border-slate-300 bg-white px-2" value={form.color} onChange={set('color')}>
            {Object.keys(BARS).map((color) => <option key={color}>{color}</option>)}
          </select>
        </label>
        <Button type="submit" className="sm:col-span-2">Add project</Button>
      </form>

      <ul className="space-y-4">
        {projects.filter((project) => project.status !== 'finished').map((project) => {
          const { total, done, percent } = progress(project);
          return (
            <li key={project.id} className="rounded-lg bg-white p-4 shadow-sm">
              <div className="flex items-start justify-between gap-3">
                <div>
                  <p className="font-medium">{project.name}</p>
                  <p className="text-sm text-slate-600">{project.goal}</p>
                  {project.deadline && (
                    <p className="mt-1 text-xs text-slate-500">Until {format(parseISO(project.deadline), 'd MMM yyyy')}</p>
                  )}
                </div>
                <Button variant="ghost" onClick={() => finish(project)}>Finish</Button>
              </div>
              <div
                className="mt-3 h-2 overflow-hidden rounded-full bg-slate-100"
                role="progressbar"
                aria-label={`Progress of ${project.name}`}
                aria-valuenow={percent}
              >
                <div className={`h-full ${BARS[project.color] ?? BARS.teal}`} style={{ width: `${percent}%` }} />
              </div>
              <p className="mt-1 text-xs text-slate-500">{done} of {total} tasks done</p>
            </li>
          );
        })}
      </ul>
      {projects.length === 0 && <p className="text-sm text-slate-600">No projects yet.</p>}
    </>
  );
}
