import { createClientFromRequest } from 'npm:@base44/sdk@0.8.6';

const DAY = 24 * 60 * 60 * 1000;

// Ticks a habit for one day. Ticking twice on the same day counts once.
Deno.serve(async (req) => {
    try {
        const base44 = createClientFromRequest(req);
        const user = await base44.auth.me();
        if (!user) {
            return Response.json({ error: 'Please sign in first' }, { status: 401 });
        }

        const { habit_id, day } = await req.json();
        if (!habit_id || !/^\d{4}-\d{2}-\d{2}$/.test(day ?? '')) {
            return Response.json({ error: 'habit_id and day (YYYY-MM-DD) are required' }, { status: 400 });
        }

        const habit = await base44.entities.Habit.get(habit_id);
        if (!habit) {
            return Response.json({ error: 'Habit not found' }, { status: 404 });
        }
        if (habit.last_done_on === day) {
            return Response.json({ streak: habit.streak });
        }

        const yesterday = new Date(Date.parse(day) - DAY).toISOString().slice(0, 10);
        const streak = habit.last_done_on === yesterday ? habit.streak + 1 : 1;
        await base44.entities.Habit.update(habit.id, { streak, last_done_on: day });

        return Response.json({ streak });
    } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        return Response.json({ error: message }, { status: 500 });
    }
});
