import { rm } from 'node:fs/promises';
import { openLocalStore } from '../../src/local/store.ts';
import { storeKeepsItsPromise } from '../contracts/store.ts';
import { newFolder } from './lake-folder.ts';

storeKeepsItsPromise('local', async () => {
  const dir = await newFolder();
  return {
    store: await openLocalStore(dir),
    reopen: () => openLocalStore(dir),
    close: () => rm(dir, { recursive: true }),
  };
});
