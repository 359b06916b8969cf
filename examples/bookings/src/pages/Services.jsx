import React, { useState } from 'react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Camera, Clock } from 'lucide-react';
import { toast } from 'sonner';
import { base44 } from '@/api/base44Client';
import EmptyState from '@/components/shared/EmptyState';
import PageHeader from '@/components/shared/PageHeader';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card, CardContent, CardHeader, CardTitle } from '@/components/ui/card';
import { Input } from '@/components/ui/input';
import { Label } from '@/components/ui/label';
import { Textarea } from '@/components/ui/textarea';
import { label, money } from '@/lib/format';

const EMPTY = { name: '', description: '', duration_minutes: 60, price: '' };

export default function Services() {
  const [form, setForm] = useState(EMPTY);
  const [photo, setPhoto] = useState(null);
  const queryClient = useQueryClient();
  const refresh = () => queryClient.invalidateQueries({ queryKey: ['services'] });
  const set = (field) => (event) => setForm((old) => ({ ...old, [field]: event.target.value }));

  const { data: services = [], isLoading } = useQuery({
    queryKey: ['services'],
    queryFn: () => base44.entities.Service.list('name'),
  });

  const createService = useMutation({
    mutationFn: async () => {
      const uploaded = photo ? await base44.integrations.Core.UploadFile({ file: photo }) : null;
      return base44.entities.Service.create({
        ...form,
        duration_minutes: Number(form.duration_minutes),
        price: Number(form.price),
        image_url: uploaded?.file_url,
      });
    },
    onSuccess: () => {
      refresh();
      setForm(EMPTY);
      setPhoto(null);
      toast.success('Service added');
    },
    onError: () => toast.error('The service could not be added'),
  });

  const setActive = useMutation({
    mutationFn: ({ id, is_active }) => base44.entities.Service.update(id, { is_active }),
    onSuccess: refresh,
  });

  return (
    <>
      <PageHeader title="Services" subtitle="What clients can book, how long it takes and what it costs" />

      <div className="grid gap-6 lg:grid-cols-3">
        <div className="grid content-start gap-4 sm:grid-cols-2 lg:col-span-2">
          {!isLoading && services.length === 0 && <EmptyState icon={Camera} title="No services yet" />}
          {services.map((one) => (
            <Card key={one.id} className="overflow-hidden">
              {one.image_url && <img src={one.image_url} alt="" className="h-32 w-full object-cover" />}
              <CardContent className="pt-5">
                <div className="flex items-start justify-between gap-2">
                  <p className="font-medium">{one.name}</p>
                  <Badge variant={one.is_active ? 'success' : 'default'}>{one.is_active ? 'Open' : 'Hidden'}</Badge>
                </div>
                <p className="mt-1 text-sm text-stone-600">{one.description}</p>
                <p className="mt-3 flex items-center gap-2 text-sm">
                  <Clock className="h-4 w-4" aria-hidden="true" /> {one.duration_minutes} min · {money(one.price, one.currency)}
                  {one.category && <span className="text-stone-500">· {label(one.category)}</span>}
                </p>
                <Button
                  size="sm"
                  variant="outline"
                  className="mt-4"
                  onClick={() => setActive.mutate({ id: one.id, is_active: !one.is_active })}
                >
                  {one.is_active ? 'Hide' : 'Open for booking'}
                </Button>
              </CardContent>
            </Card>
          ))}
        </div>

        <Card className="self-start">
          <CardHeader><CardTitle>New service</CardTitle></CardHeader>
          <CardContent>
            <form className="space-y-4" onSubmit={(event) => { event.preventDefault(); createService.mutate(); }}>
              <div>
                <Label htmlFor="name">Name</Label>
                <Input id="name" required value={form.name} onChange={set('name')} />
              </div>
              <div>
                <Label htmlFor="description">Description</Label>
                <Textarea id="description" value={form.description} onChange={set('description')} />
              </div>
              <div className="grid grid-cols-2 gap-3">
                <div>
                  <Label htmlFor="duration">Minutes</Label>
                  <Input id="duration" type="number" min="15" step="15" required value={form.duration_minutes} onChange={set('duration_minutes')} />
                </div>
                <div>
                  <Label htmlFor="price">Price</Label>
                  <Input id="price" type="number" min="0" step="0.01" required value={form.price} onChange={set('price')} />
                </div>
              </div>
              <div>
                <Label htmlFor="photo">Cover photo</Label>
                <Input id="photo" type="file" accept="image/*" onChange={(event) => setPhoto(event.target.files[0] ?? null)} />
              </div>
              <Button type="submit" variant="accent" className="w-full" disabled={createService.isPending}>Add service</Button>
            </form>
          </CardContent>
        </Card>
      </div>
    </>
  );
}
