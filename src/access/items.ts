import type { Ledger, LedgerItem } from '../ports.ts';

/** All items of a group, in the ledger’s order, a page read at a time. */
export async function* itemsOf(ledger: Ledger, group: string): AsyncGenerator<LedgerItem> {
  for (let after: string | undefined; ; ) {
    const { items, next } = await ledger.list(group, after === undefined ? {} : { after });
    yield* items;
    if (next === undefined) return;
    after = next;
  }
}
