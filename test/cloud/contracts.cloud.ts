import { bufferSeconds, deliverySeconds } from '../../src/aws/settings.ts';
import { engineKeepsItsPromise } from '../contracts/engine.ts';
import { ledgerKeepsItsPromise } from '../contracts/ledger.ts';
import { sinkKeepsItsPromise } from '../contracts/sink.ts';
import { storeKeepsItsPromise } from '../contracts/store.ts';
import { openRoomLake, openRoomLedger, openRoomStore } from './room.ts';

ledgerKeepsItsPromise('emulated cloud', openRoomLedger);
storeKeepsItsPromise('emulated cloud', openRoomStore);
sinkKeepsItsPromise('emulated cloud', openRoomLake);
engineKeepsItsPromise('emulated cloud', openRoomLake, {
  settled: (bufferSeconds + deliverySeconds) * 1000,
  shares: false,
});
