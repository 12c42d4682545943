import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLocalLedger } from '../../src/local/ledger.ts';
import { ledgerKeepsItsPromise } from '../contracts/ledger.ts';

ledgerKeepsItsPromise('local', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'ledger-'));
  const file = join(dir, 'ledger.sqlite');
  const open = [openLocalLedger(file)];
  const close = () => {
    for (const one of open.splice(0)) one.close();
  };
  return {
    ledger: open[0]?.ledger ?? openLocalLedger(file).ledger,
    reopen: async () => {
      close();
      const again = openLocalLedger(file);
      open.push(again);
      return again.ledger;
    },
    close: async () => {
      close();
      await rm(dir, { recursive: true });
    },
  };
});
