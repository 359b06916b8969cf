import React from 'react';
import { Link } from 'react-router-dom';
import { MapPin } from 'lucide-react';
import StatusBadge from '@/components/shared/StatusBadge';
import { dayAndTime, money, time } from '@/lib/format';
import { createPageUrl } from '@/utils';

export default function BookingRow({ booking }) {
  return (
    <Link
      to={`${createPageUrl('BookingDetail')}?id=${booking.id}`}
      className="flex flex-wrap items-center justify-between gap-3 px-5 py-4 hover:bg-stone-50"
    >
      <div>
        <p className="font-medium">{booking.client_name}</p>
        <p className="text-sm text-stone-600">
          {booking.service_name} · {dayAndTime(booking.start)}–{time(booking.end)}
        </p>
        {booking.location && (
          <p className="mt-1 flex items-center gap-1 text-xs text-stone-500">
            <MapPin className="h-3 w-3" aria-hidden="true" /> {booking.location}
          </p>
        )}
      </div>
      <div className="flex items-center gap-3">
        <span className="text-sm tabular-nums">{money(booking.price)}</span>
        <StatusBadge value={booking.status} />
      </div>
    </Link>
  );
}
