import { createClient } from '@base44/sdk';

// Every page needs someone signed in
export const base44 = createClient({
  appId: "68f2a9c41d7b3e5a90c6f814",
  requiresAuth: true
});
