import React, { useState } from 'react';
import { Link } from 'react-router-dom';
import {
  Calendar, Camera, CheckSquare, LayoutDashboard, LogOut, Menu, Receipt, Settings, Sparkles, UserRound, Users, BookOpen,
} from 'lucide-react';
import { Button } from '@/components/ui/button';
import { useAuth } from '@/lib/AuthContext';
import { cn } from '@/lib/utils';
import { createPageUrl } from '@/utils';

const NAVIGATION = [
  { page: 'Dashboard', name: 'Dashboard', icon: LayoutDashboard },
  { page: 'Bookings', name: 'Bookings', icon: BookOpen },
  { page: 'Calendar', name: 'Calendar', icon: Calendar },
  { page: 'MyBookings', name: 'My bookings', icon: UserRound },
  { page: 'Clients', name: 'Clients', icon: Users },
  { page: 'Leads', name: 'Leads', icon: Sparkles },
  { page: 'Invoices', name: 'Invoices', icon: Receipt },
  { page: 'Tasks', name: 'Tasks', icon: CheckSquare },
  { page: 'Services', name: 'Services', icon: Camera },
  { page: 'Settings', name: 'Settings', icon: Settings },
];

export default function Layout({ children, currentPageName }) {
  const [open, setOpen] = useState(false);
  const { user, logout } = useAuth();

  return (
    <div className="min-h-screen md:flex">
      <div className="flex items-center justify-between border-b border-stone-200 bg-white p-4 md:hidden">
        <span className="font-display text-xl">Northlight</span>
        <Button
          variant="ghost"
          size="icon"
          aria-label="Menu"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          <Menu className="h-5 w-5" />
        </Button>
      </div>

      <aside
        className={cn(
          'border-r border-stone-200 bg-white md:sticky md:top-0 md:flex md:h-screen md:w-60 md:flex-col',
          !open && 'hidden'
        )}
      >
        <p className="hidden px-6 py-6 font-display text-2xl md:block">Northlight</p>
        <nav aria-label="Main" className="flex-1 space-y-1 px-3 py-2">
          {NAVIGATION.map(({ page, name, icon: Icon }) => (
            <Link
              key={page}
              to={createPageUrl(page)}
              onClick={() => setOpen(false)}
              aria-current={currentPageName === page ? 'page' : undefined}
              className={cn(
                'flex items-center gap-3 rounded-md px-3 py-2 text-sm text-stone-600 hover:bg-stone-100',
                currentPageName === page && 'bg-amber-50 font-medium text-amber-900'
              )}
            >
              <Icon className="h-4 w-4" aria-hidden="true" />
              {name}
            </Link>
          ))}
        </nav>
        <div className="flex items-center justify-between border-t border-stone-200 p-4">
          <span className="truncate text-sm text-stone-600">{user?.full_name ?? user?.email}</span>
          <Button variant="ghost" size="icon" aria-label="Sign out" onClick={logout}>
            <LogOut className="h-4 w-4" />
          </Button>
        </div>
      </aside>

      <main className="mx-auto w-full max-w-6xl p-4 md:p-8">{children}</main>
    </div>
  );
}
