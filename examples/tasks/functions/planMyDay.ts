import { createClientFromRequest } from 'npm:@base44/sdk@0.8.6';

// Picks up to five open tasks for today and says in one sentence why.
Deno.serve(async (req) => {
    try {
        const base44 = createClientFromRequest(req);
        const user = await base44.auth.me();
        if (!user) {
            return Response.json({ error: 'Please sign in first' }, { status: 401 });
        }

        const tasks = await base44.entities.Task.filter({ status: 'todo' }, 'due_date', 50);
        if (tasks.length === 0) {
            return Response.json({ task_ids: [], reason: 'There is nothing left to do.' });
        }

        const list = tasks.map((task) => ({
            id: task.id,
            title: task.title,
            due_date: task.due_date,
            priority: task.priority,
        }));
        const plan = await base44.integrations.Core.InvokeLLM({
            prompt: `Choose at most five of these tasks for one day. Late and high-priority tasks come first.\n${JSON.stringify(list)}`,
            response_json_schema: {
                type: 'object',
                properties: {
                    task_ids: { type: 'array', items: { type: 'string' } },
                    reason: { type: 'string' },
                },
                required: ['task_ids', 'reason'],
            },
        });

        // Keep only ids that exist.
        const known = new Set(tasks.map((task) => task.id));
        const task_ids = plan.task_ids.filter((id) => known.has(id)).slice(0, 5);
        return Response.json({ task_ids, reason: plan.reason });
    } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        return Response.json({ error: message }, { status: 500 });
    }
});
