import React from 'react';
import { Badge } from '@/components/ui/badge';
import { label } from '@/lib/format';

const VARIANTS = {
  pending: 'warning',
  confirmed: 'success',
  completed: 'info',
  cancelled: 'default',
  no_show: 'danger',
  draft: 'default',
  sent: 'info',
  paid: 'success',
  overdue: 'danger',
  void: 'default',
  high: 'danger',
  medium: 'warning',
  low: 'default',
};

export default function StatusBadge({ value }) {
  if (!value) return null;
  return <Badge variant={VARIANTS[value] ?? 'default'}>{label(value)}</Badge>;
}
