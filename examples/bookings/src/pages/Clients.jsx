import React, { useState } from 'react';
import { Link } from 'react-router-dom';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Download, Plus, Users } from 'lucide-react';
import { toast } from 'sonner';
import { base44 } from '@/api/base44Client';
import ClientForm from '@/components/clients/ClientForm';
import EmptyState from '@/components/shared/EmptyState';
import PageHeader from '@/components/shared/PageHeader';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card, CardContent } from '@/components/ui/card';
import { Input } from '@/components/ui/input';
import { Label } from '@/components/ui/label';
import { day } from '@/lib/format';
import { createPageUrl } from '@/utils';

const COLUMNS = ['full_name', 'email', 'phone', 'company', 'last_booking_at'];

const toCsv = (clients) => {
  const cell = (value) => `"${String(value ?? '').replaceAll('"', '""')}"`;
  return [COLUMNS, ...clients.map((one) => COLUMNS.map((column) => one[column]))]
    .map((row) => row.map(cell).join(','))
    .join('\r\n');
};

export default function Clients() {
  const [showForm, setShowForm] = useState(false);
  const [search, setSearch] = useState('');
  const queryClient = useQueryClient();

  const { data: clients = [], isLoading } = useQuery({
    queryKey: ['clients'],
    queryFn: () => base44.entities.Client.list('full_name', 500),
  });

  const createClient = useMutation({
    mutationFn: (client) => base44.entities.Client.create(client),
    onSuccess: () => {
      queryClient.invalidateQueries({ queryKey: ['clients'] });
      setShowForm(false);
      toast.success('Client saved');
    },
    onError: () => toast.error('The client could not be saved'),
  });

  const exportCsv = () => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([toCsv(clients)], { type: 'text/csv' }));
    link.download = 'clients.csv';
    link.click();
    URL.revokeObjectURL(link.href);
  };

  const words = search.trim().toLowerCase();
  const shown = clients.filter((one) =>
    `${one.full_name} ${one.email} ${one.company}`.toLowerCase().includes(words));

  return (
    <>
      <PageHeader title="Clients" subtitle={`${clients.length} people and companies`}>
        <Button variant="outline" onClick={exportCsv} disabled={clients.length === 0}>
          <Download className="h-4 w-4" aria-hidden="true" /> Export to spreadsheet
        </Button>
        <Button variant="accent" onClick={() => setShowForm(true)}>
          <Plus className="h-4 w-4" aria-hidden="true" /> New client
        </Button>
      </PageHeader>

      {showForm && (
        <Card className="mb-6">
          <CardContent className="pt-5">
            <ClientForm
              onSubmit={(client) => createClient.mutate(client)}
              onCancel={() => setShowForm(false)}
              isSaving={createClient.isPending}
            />
          </CardContent>
        </Card>
      )}

      <div className="mb-4 max-w-sm">
        <Label htmlFor="search">Search clients</Label>
        <Input id="search" type="search" value={search} onChange={(event) => setSearch(event.target.value)} />
      </div>

      {!isLoading && shown.length === 0 && <EmptyState icon={Users} title="No clients found" />}
      <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
        {shown.map((one) => (
          <Link key={one.id} to={`${createPageUrl('ClientDetail')}?id=${one.id}`}>
            <Card className="h-full p-5 transition-shadow hover:shadow-md">
              <p className="font-medium">{one.full_name}</p>
              <p className="text-sm text-stone-600">{one.company || one.email}</p>
              <p className="mt-3 text-xs text-stone-500">Last session: {day(one.last_booking_at)}</p>
              <div className="mt-3 flex flex-wrap gap-1">
                {(one.tags ?? []).map((tag) => <Badge key={tag}>{tag}</Badge>)}
              </div>
            </Card>
          </Link>
        ))}
      </div>
    </>
  );
}
