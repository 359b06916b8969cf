import React, { useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { addMinutes } from 'date-fns';
import { base44 } from '@/api/base44Client';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import { Label } from '@/components/ui/label';
import { Select } from '@/components/ui/select';
import { Textarea } from '@/components/ui/textarea';

const EMPTY = { client_id: '', service_id: '', staff_email: '', start: '', location: '', notes: '' };

export default function BookingForm({ onSubmit, onCancel, isSaving }) {
  const [form, setForm] = useState(EMPTY);
  const set = (field) => (value) => setForm((old) => ({ ...old, [field]: value }));

  const { data: clients = [] } = useQuery({
    queryKey: ['clients'],
    queryFn: () => base44.entities.Client.list('full_name'),
  });
  const { data: services = [] } = useQuery({
    queryKey: ['services', 'active'],
    queryFn: () => base44.entities.Service.filter({ is_active: true }, 'name'),
  });
  const { data: staff = [] } = useQuery({
    queryKey: ['staff'],
    queryFn: () => base44.entities.StaffMember.filter({ is_active: true }, 'full_name'),
  });

  const handleSubmit = (event) => {
    event.preventDefault();
    const client = clients.find((one) => one.id === form.client_id);
    const service = services.find((one) => one.id === form.service_id);
    const start = new Date(form.start);

    onSubmit({
      ...form,
      client_name: client.full_name,
      client_email: client.email,
      service_name: service.name,
      price: service.price,
      start: start.toISOString(),
      end: addMinutes(start, service.duration_minutes).toISOString(),
      time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      location: form.location || undefined,
    });
  };

  return (
    <form onSubmit={handleSubmit} className="grid gap-4 sm:grid-cols-2">
      <div>
        <Label htmlFor="client">Client</Label>
        <Select id="client" required value={form.client_id} onValueChange={set('client_id')}>
          <option value="">Choose a client</option>
          {clients.map((one) => <option key={one.id} value={one.id}>{one.full_name}</option>)}
        </Select>
      </div>
      <div>
        <Label htmlFor="service">Service</Label>
        <Select id="service" required value={form.service_id} onValueChange={set('service_id')}>
          <option value="">Choose a service</option>
          {services.map((one) => (
            <option key={one.id} value={one.id}>{one.name} ({one.duration_minutes} min)</option>
          ))}
        </Select>
      </div>
      <div>
        <Label htmlFor="start">Date and time</Label>
        <Input id="start" type="datetime-local" required value={form.start} onChange={(e) => set('start')(e.target.value)} />
      </div>
      <div>
        <Label htmlFor="staff">Photographer</Label>
        <Select id="staff" required value={form.staff_email} onValueChange={set('staff_email')}>
          <option value="">Choose who runs it</option>
          {staff.map((one) => <option key={one.id} value={one.email}>{one.full_name}</option>)}
        </Select>
      </div>
      <div className="sm:col-span-2">
        <Label htmlFor="location">Location</Label>
        <Input id="location" placeholder="Main Room, or an address" value={form.location} onChange={(e) => set('location')(e.target.value)} />
      </div>
      <div className="sm:col-span-2">
        <Label htmlFor="notes">Notes</Label>
        <Textarea id="notes" value={form.notes} onChange={(e) => set('notes')(e.target.value)} />
      </div>
      <div className="flex justify-end gap-2 sm:col-span-2">
        <Button type="button" variant="ghost" onClick={onCancel}>Cancel</Button>
        <Button type="submit" variant="accent" disabled={isSaving}>Save booking</Button>
      </div>
    </form>
  );
}
