import React, { useState } from 'react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Building2, Mail, Phone, Plus } from 'lucide-react';
import { toast } from 'sonner';
import { base44 } from '@/api/base44Client';
import PageHeader from '@/components/shared/PageHeader';
import { Button } from '@/components/ui/button';
import { Card, CardContent } from '@/components/ui/card';
import { Input } from '@/components/ui/input';
import { Label } from '@/components/ui/label';
import { Select } from '@/components/ui/select';
import { day, label, money } from '@/lib/format';

const STAGES = ['new', 'contacted', 'qualified', 'proposal', 'won', 'lost'];
const EMPTY = { full_name: '', email: '', phone: '', company: '', source: 'website', estimated_value: '' };

export default function Leads() {
  const [form, setForm] = useState(EMPTY);
  const [showForm, setShowForm] = useState(false);
  const queryClient = useQueryClient();
  const refresh = () => queryClient.invalidateQueries({ queryKey: ['leads'] });
  const set = (field) => (event) => setForm((old) => ({ ...old, [field]: event.target.value }));

  const { data: leads = [] } = useQuery({
    queryKey: ['leads'],
    queryFn: () => base44.entities.Lead.list('-created_date', 300),
  });

  const createLead = useMutation({
    mutationFn: () => base44.entities.Lead.create({ ...form, estimated_value: Number(form.estimated_value) || 0 }),
    onSuccess: () => {
      refresh();
      setForm(EMPTY);
      setShowForm(false);
    },
    onError: () => toast.error('The lead could not be saved'),
  });

  const moveLead = useMutation({
    mutationFn: ({ id, stage }) => base44.entities.Lead.update(id, { stage }),
    onSuccess: refresh,
  });

  const convertLead = useMutation({
    mutationFn: (lead) => base44.functions.invoke('convertLead', { lead_id: lead.id }),
    onSuccess: () => {
      refresh();
      queryClient.invalidateQueries({ queryKey: ['clients'] });
      toast.success('The lead is now a client');
    },
    onError: () => toast.error('The lead could not be converted'),
  });

  const pipeline = leads
    .filter((one) => !['won', 'lost'].includes(one.stage))
    .reduce((sum, one) => sum + (one.estimated_value ?? 0), 0);

  return (
    <>
      <PageHeader title="Leads" subtitle={`${money(pipeline)} in the pipeline`}>
        <Button variant="accent" onClick={() => setShowForm(!showForm)}>
          <Plus className="h-4 w-4" aria-hidden="true" /> New lead
        </Button>
      </PageHeader>

      {showForm && (
        <Card className="mb-6">
          <CardContent className="pt-5">
            <form className="grid gap-4 sm:grid-cols-3" onSubmit={(event) => { event.preventDefault(); createLead.mutate(); }}>
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
              <div>
                <Label htmlFor="value">Estimated value (EUR)</Label>
                <Input id="value" type="number" min="0" value={form.estimated_value} onChange={set('estimated_value')} />
              </div>
              <Button type="submit" className="self-end" disabled={createLead.isPending}>Save lead</Button>
            </form>
          </CardContent>
        </Card>
      )}

      <div className="grid gap-4 sm:grid-cols-2 xl:grid-cols-3">
        {STAGES.map((stage) => {
          const inStage = leads.filter((one) => one.stage === stage);
          return (
            <section key={stage} aria-label={label(stage)} className="rounded-xl bg-stone-100 p-3">
              <h2 className="mb-3 flex justify-between text-sm font-semibold">
                {label(stage)} <span className="text-stone-500">{inStage.length}</span>
              </h2>
              <div className="space-y-3">
                {inStage.map((lead) => (
                  <Card key={lead.id} className="p-4 text-sm">
                    <p className="font-medium">{lead.full_name}</p>
                    <p className="mt-1 flex items-center gap-1 text-stone-600"><Mail className="h-3 w-3" aria-hidden="true" /> {lead.email}</p>
                    {lead.phone && <p className="flex items-center gap-1 text-stone-600"><Phone className="h-3 w-3" aria-hidden="true" /> {lead.phone}</p>}
                    {lead.company && <p className="flex items-center gap-1 text-stone-600"><Building2 className="h-3 w-3" aria-hidden="true" /> {lead.company}</p>}
                    <p className="mt-2">{money(lead.estimated_value)} · follow up {day(lead.next_follow_up)}</p>
                    <div className="mt-3 flex gap-2">
                      <Select aria-label={`Stage of ${lead.full_name}`} value={lead.stage} onValueChange={(next) => moveLead.mutate({ id: lead.id, stage: next })}>
                        {STAGES.map((one) => <option key={one} value={one}>{label(one)}</option>)}
                      </Select>
                      {!lead.converted_client_id && (
                        <Button size="sm" variant="outline" onClick={() => convertLead.mutate(lead)}>To client</Button>
                      )}
                    </div>
                  </Card>
                ))}
              </div>
            </section>
          );
        })}
      </div>
    </>
  );
}
