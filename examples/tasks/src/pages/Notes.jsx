import React, { useEffect, useState } from 'react';
import { ExternalLink, Pin, Trash2 } from 'lucide-react';
import { Note } from '@/api/entities';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import { cn } from '@/lib/utils';

const EMPTY = { title: '', body: '', link: '' };

export default function Notes() {
  const [notes, setNotes] = useState([]);
  const [search, setSearch] = useState('');
  const [form, setForm] = useState(EMPTY);
  const set = (field) => (event) => setForm((old) => ({ ...old, [field]: event.target.value }));

  const load = async () => setNotes(await Note.list('-updated_date', 200));

  useEffect(() => {
    load();
  }, []);

  const addNote = async (event) => {
    event.preventDefault();
    await Note.create({ ...form, link: form.link || undefined });
    setForm(EMPTY);
    load();
  };

  const togglePin = async (note) => {
    await Note.update(note.id, { pinned: !note.pinned });
    load();
  };

  const remove = async (note) => {
    await Note.delete(note.id);
    load();
  };

  const words = search.trim().toLowerCase();
  const shown = notes
    .filter((note) => `${note.title} ${note.body ?? ''}`.toLowerCase().includes(words))
    .sort((a, b) => Number(b.pinned ?? false) - Number(a.pinned ?? false));

  return (
    <>
      <h1 className="mb-6 text-2xl font-semibold">Notes</h1>

      <form onSubmit={addNote} className="mb-8 grid gap-3 rounded-lg bg-white p-4 shadow-sm">
        <label className="text-sm">
          Title
          <Input required value={form.title} onChange={set('title')} />
        </label>
        <label className="text-sm">
          Text
          <textarea
            className="min-h-24 w-full rounded-md border border-slate-300 px-3 py-2 text-sm"
            value={form.body}
            onChange={set('body')}
          />
        </label>
        <label className="text-sm">
          Link
          <Input type="url" placeholder="https://" value={form.link} onChange={set('link')} />
        </label>
        <Button type="submit">Save note</Button>
      </form>

      <label className="mb-4 block text-sm">
        Search notes
        <Input type="search" value={search} onChange={(event) => setSearch(event.target.value)} />
      </label>

      <ul className="grid gap-4 sm:grid-cols-2">
        {shown.map((note) => (
          <li key={note.id} className={cn('rounded-lg bg-white p-4 shadow-sm', note.pinned && 'ring-2 ring-teal-600')}>
            <div className="flex items-start justify-between">
              <h2 className="font-medium">{note.title}</h2>
              <span className="flex">
                <Button variant="ghost" className="px-2" aria-label={`Pin ${note.title}`} aria-pressed={Boolean(note.pinned)} onClick={() => togglePin(note)}>
                  <Pin className="h-4 w-4" />
                </Button>
                <Button variant="ghost" className="px-2" aria-label={`Delete ${note.title}`} onClick={() => remove(note)}>
                  <Trash2 className="h-4 w-4" />
                </Button>
              </span>
            </div>
            <p className="mt-2 whitespace-pre-line text-sm text-slate-700">{note.body}</p>
            {note.link && (
              <a href={note.link} target="_blank" rel="noreferrer" className="mt-3 inline-flex items-center gap-1 text-xs text-teal-800 underline">
                <ExternalLink className="h-3 w-3" aria-hidden="true" /> Source
              </a>
            )}
          </li>
        ))}
      </ul>
      {shown.length === 0 && <p className="text-sm text-slate-600">No notes found.</p>}
    </>
  );
}
