import { randomBytes } from 'node:crypto';
import { createAccount } from '../../src/accounts/accounts.ts';
import type { Books } from '../../src/accounts/books.ts';
import { createProject } from '../../src/accounts/projects.ts';
import { openLocalLedger } from '../../src/local/ledger.ts';
import type { Ledger } from '../../src/ports.ts';

/** Books in memory whose clock stands at 2026-01-05T10:00:00Z and moves one second with each look; `reads` counts what the ledger was asked. */
export const openBooks = (): Books & { readonly reads: () => number } => {
  const { ledger } = openLocalLedger(':memory:');
  let now = Date.UTC(2026, 0, 5, 10);
  let reads = 0;
  const counting: Ledger = {
    ...ledger,
    read: (id) => {
      reads += 1;
      return ledger.read(id);
    },
  };
  return {
    ledger: counting,
    clock: () => (now += 1_000),
    random: (n) => randomBytes(n),
    pepper: async () => Buffer.alloc(32, 1),
    reads: () => reads,
  };
};

/** A shop with one project. */
export const openShop = async (books: Books) => {
  const account = await createAccount(books, { name: 'Shop', plan: 'unlimited' });
  const project = await createProject(books, account.account_id, {
    slug: 'shop',
    name: 'Shop',
    timezone: 'Europe/Berlin',
    allowed_origins: ['https://shop.example'],
  });
  return { account, project };
};
