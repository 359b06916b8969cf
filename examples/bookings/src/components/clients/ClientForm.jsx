import React, { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import { Label } from '@/components/ui/label';
import { Textarea } from '@/components/ui/textarea';

const EMPTY = { full_name: '', email: '', phone: '', company: '', notes: '', marketing_consent: false };

export default function ClientForm({ client, onSubmit, onCancel, isSaving }) {
  const [form, setForm] = useState({ ...EMPTY, ...client });
  const set = (field) => (event) => setForm((old) => ({ ...old, [field]: event.target.value }));

  const handleSubmit = (event) => {
    event.preventDefault();
    onSubmit(form);
  };

  return (
    <form onSubmit={handleSubmit} className="grid gap-4 sm:grid-cols-2">
      <div>
        <Label htmlFor="full_name">Full name</Label>
        <Input id="full_name" required value={form.full_name} onChange={set('full_name')} />
      </div>
      <div>
        <Label htmlFor="email">Email</Label>
        <Input id="email" type="email" required value={form.email} onChange={set('email')} />
      </div>
      <div>
        <Label htmlFor="phone">Phone</Label>
        <Input id="phone" type="tel" value={form.phone} onChange={set('phone')} />
      </div>
      <div>
        <Label htmlFor="company">Company</Label>
        <Input id="company" value={form.company} onChange={set('company')} />
      </div>
      <div className="sm:col-span-2">
        <Label htmlFor="client-notes">Notes</Label>
        <Textarea id="client-notes" value={form.notes} onChange={set('notes')} />
      </div>
      <label className="flex items-center gap-2 text-sm sm:col-span-2">
        <input
          type="checkbox"
          checked={form.marketing_consent}
          onChange={(e) => setForm((old) => ({ ...old, marketing_consent: e.target.checked }))}
        />
        May receive news and offers by email
      </label>
      <div className="flex justify-end gap-2 sm:col-span-2">
        <Button type="button" variant="ghost" onClick={onCancel}>Cancel</Button>
        <Button type="submit" variant="accent" disabled={isSaving}>Save client</Button>
      </div>
    </form>
  );
}
