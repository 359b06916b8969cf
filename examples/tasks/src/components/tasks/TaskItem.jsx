import React from 'react';
import { format, parseISO } from 'date-fns';
import { Bell } from 'lucide-react';
import { cn } from '@/lib/utils';

export default function TaskItem({ task, project, onToggle }) {
  const done = task.status === 'done';

  return (
    <li className="flex items-start gap-3 rounded-lg bg-white p-4 shadow-sm">
      <input
        id={`task-${task.id}`}
        type="checkbox"
        className="mt-1 h-4 w-4 accent-teal-700"
        checked={done}
        onChange={() => onToggle(task)}
      />
      <label htmlFor={`task-${task.id}`} className="flex-1">
        <span className={cn('block text-sm font-medium', done && 'text-slate-500 line-through')}>{task.title}</span>
        <span className="mt-1 flex flex-wrap gap-3 text-xs text-slate-600">
          {task.due_date && <span>Due {format(parseISO(task.due_date), 'd MMM')}</span>}
          {project && <span>{project.name}</span>}
          {task.remind_at && (
            <span className="flex items-center gap-1">
              <Bell className="h-3 w-3" aria-hidden="true" /> {format(parseISO(task.remind_at), 'd MMM, HH:mm')}
            </span>
          )}
        </span>
      </label>
      {task.priority === 'high' && (
        <span className="rounded-full bg-rose-100 px-2 py-0.5 text-xs text-rose-800">High</span>
      )}
    </li>
  );
}
