import { rm } from 'node:fs/promises';
import { openStore } from '../../src/local/store.ts';
import { storeKeepsItsPromise } from '../contracts/store.ts';
import { newFolder } from './lake-folder.ts';

storeKeepsItsPromise('local', async () => {
  const dir = await newFolder();
  return {
    store: await openStore(dir),
    reopen: () => openStore(dir),
    close: () => rm(dir, { recursive: true }),
  };
});
