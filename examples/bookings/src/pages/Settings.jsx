import React, { useEffect, useState } from 'react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { toast } from 'sonner';
import { base44 } from '@/api/base44Client';
import PageHeader from '@/components/shared/PageHeader';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card, CardContent, CardHeader, CardTitle } from '@/components/ui/card';
import { Input } from '@/components/ui/input';
import { Label } from '@/components/ui/label';
import { Select } from '@/components/ui/select';
import { Textarea } from '@/components/ui/textarea';
import { useCurrentUser } from '@/hooks/useCurrentUser';
import { label } from '@/lib/format';

const ZONES = ['Europe/Berlin', 'Europe/London', 'Europe/Lisbon', 'America/New_York', 'Asia/Tokyo'];
const DEFAULTS = {
  studio_name: 'Northlight Studio',
  contact_email: '',
  phone: '',
  time_zone: 'Europe/Berlin',
  cancellation_hours: 48,
  email_signature: '',
};

export default function Settings() {
  const { user } = useCurrentUser();
  const [form, setForm] = useState(DEFAULTS);
  const queryClient = useQueryClient();
  const set = (field) => (event) => setForm((old) => ({ ...old, [field]: event.target.value }));
  const isAdmin = user?.role === 'admin';

  const { data: settings } = useQuery({
    queryKey: ['settings'],
    queryFn: async () => (await base44.entities.StudioSettings.list('-created_date', 1))[0] ?? null,
  });
  const { data: staff = [] } = useQuery({
    queryKey: ['staff', 'all'],
    queryFn: () => base44.entities.StaffMember.list('full_name'),
  });

  useEffect(() => {
    if (settings) setForm({ ...DEFAULTS, ...settings });
  }, [settings]);

  const saveSettings = useMutation({
    mutationFn: () => {
      const values = { ...form, cancellation_hours: Number(form.cancellation_hours) };
      return settings
        ? base44.entities.StudioSettings.update(settings.id, values)
        : base44.entities.StudioSettings.create(values);
    },
    onSuccess: () => {
      queryClient.invalidateQueries({ queryKey: ['settings'] });
      toast.success('Settings saved');
    },
    onError: () => toast.error('Only admins can change these settings'),
  });

  return (
    <>
      <PageHeader title="Settings" subtitle="The studio, its times and its team" />

      <div className="grid gap-6 lg:grid-cols-3">
        <Card className="lg:col-span-2">
          <CardHeader><CardTitle>Studio</CardTitle></CardHeader>
          <CardContent>
            <form onSubmit={(event) => { event.preventDefault(); saveSettings.mutate(); }}>
              <fieldset disabled={!isAdmin} className="grid gap-4 sm:grid-cols-2">
                <div>
                  <Label htmlFor="studio_name">Studio name</Label>
                  <Input id="studio_name" required value={form.studio_name} onChange={set('studio_name')} />
                </div>
                <div>
                  <Label htmlFor="contact_email">Contact email</Label>
                  <Input id="contact_email" type="email" value={form.contact_email} onChange={set('contact_email')} />
                </div>
                <div>
                  <Label htmlFor="phone">Phone</Label>
                  <Input id="phone" type="tel" value={form.phone} onChange={set('phone')} />
                </div>
                <div>
                  <Label htmlFor="time_zone">Time zone</Label>
                  <Select
                    id="time_zone"
                    value={form.time_zone}
                    onValueChange={(time_zone) => setForm((old) => ({ ...old, time_zone }))}
                  >
                    {ZONES.map((zone) => <option key={zone} value={zone}>{zone.replaceAll('_', ' ')}</option>)}
                  </Select>
                </div>
                <div>
                  <Label htmlFor="cancellation">Free cancellation (hours before)</Label>
                  <Input id="cancellation" type="number" min="0" value={form.cancellation_hours} onChange={set('cancellation_hours')} />
                </div>
                <div className="sm:col-span-2">
                  <Label htmlFor="signature">Email signature</Label>
                  <Textarea id="signature" value={form.email_signature} onChange={set('email_signature')} />
                </div>
                <Button type="submit" variant="accent" className="sm:col-start-2 sm:justify-self-end" disabled={saveSettings.isPending}>
                  Save settings
                </Button>
              </fieldset>
            </form>
          </CardContent>
        </Card>

        <Card className="self-start">
          <CardHeader><CardTitle>Team</CardTitle></CardHeader>
          <CardContent className="space-y-3">
            {staff.map((one) => (
              <div key={one.id} className="flex items-center justify-between gap-2 text-sm">
                <span>{one.full_name}<span className="block text-xs text-stone-500">{one.email}</span></span>
                <Badge variant={one.is_active ? 'success' : 'default'}>{label(one.job)}</Badge>
              </div>
            ))}
            {staff.length === 0 && <p className="text-sm text-stone-600">Nobody yet.</p>}
          </CardContent>
        </Card>
      </div>
    </>
  );
}
