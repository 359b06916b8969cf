import React from 'react';
import { Link } from 'react-router-dom';
import { Flame, FolderOpen, ListTodo, NotebookPen, Sun } from 'lucide-react';
import { cn } from '@/lib/utils';
import { createPageUrl } from '@/utils';

const NAVIGATION = [
  { page: 'Today', icon: Sun },
  { page: 'Tasks', icon: ListTodo },
  { page: 'Projects', icon: FolderOpen },
  { page: 'Notes', icon: NotebookPen },
  { page: 'Habits', icon: Flame },
];

export default function Layout({ children, currentPageName }) {
  return (
    <div className="mx-auto min-h-screen max-w-3xl px-4 pb-24 pt-8">
      <main>{children}</main>
      <nav aria-label="Main" className="fixed inset-x-0 bottom-0 border-t border-slate-200 bg-white">
        <ul className="mx-auto flex max-w-3xl justify-around">
          {NAVIGATION.map(({ page, icon: Icon }) => (
            <li key={page}>
              <Link
                to={createPageUrl(page)}
                aria-current={currentPageName === page ? 'page' : undefined}
                className={cn(
                  'flex flex-col items-center gap-1 px-4 py-3 text-xs text-slate-600',
                  currentPageName === page && 'font-semibold text-teal-700'
                )}
              >
                <Icon className="h-5 w-5" aria-hidden="true" />
                {page}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
    </div>
  );
}
