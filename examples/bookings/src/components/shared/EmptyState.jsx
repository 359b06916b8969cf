import React from 'react';

export default function EmptyState({ icon: Icon, title, hint }) {
  return (
    <div className="flex flex-col items-center gap-2 rounded-xl border border-dashed border-stone-300 p-10 text-center">
      {Icon && <Icon className="h-8 w-8 text-stone-400" aria-hidden="true" />}
      <p className="font-medium">{title}</p>
      {hint && <p className="text-sm text-stone-600">{hint}</p>}
    </div>
  );
}
