import type { World } from '../ports.ts';

/** What accounts, projects and keys are kept with. `by`: who changes them, for the audit; left out, the installation itself. */
export type Books = Pick<World, 'ledger' | 'clock' | 'random' | 'pepper'> & { readonly by?: string };
