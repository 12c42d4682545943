import { DeleteItemCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import { DeleteObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { athena, dynamo, firehose, s3 } from '../../src/aws/clients.ts';
import { openDelivered } from '../../src/aws/delivered.ts';
import { openCloudEngine } from '../../src/aws/engine.ts';
import { openCloudLedger } from '../../src/aws/ledger.ts';
import { prefixes } from '../../src/aws/settings.ts';
import { openCloudSink } from '../../src/aws/sink.ts';
import { openCloudStore } from '../../src/aws/store.ts';
import { surroundings, wait } from '../../src/aws/surroundings.ts';
import type { Engine, Ledger, Store } from '../../src/ports.ts';
import { overRaw, quiet } from '../aws/lake.ts';
import type { OpenLedger } from '../contracts/ledger.ts';
import type { OpenSink } from '../contracts/sink.ts';
import type { OpenStore } from '../contracts/store.ts';
import { outputsOf } from './place.ts';
import type { stacks } from './rooms.ts';

const { clock, random } = surroundings();
const storeUnder = (prefix: string): Store =>
  openCloudStore({ client: s3(process.env), bucket: outputsOf('rooms')('LakeBucket'), prefix });

const emptied = async (): Promise<void> => {
  // A client without the product’s short patience.
  const client = new S3Client({ forcePathStyle: true });
  const Bucket = outputsOf('rooms')('LakeBucket');
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket }))
    await Promise.all(Contents.map(({ Key }) => client.send(new DeleteObjectCommand({ Bucket, Key }))));
};

/** Our engine over a stack’s Athena, with the rights of an operator. */
export const engineOf = (stack: keyof typeof stacks): Engine => {
  const output = outputsOf(stack);
  return openCloudEngine({
    ...{
      client: athena(),
      workgroup: output('Workgroup'),
      database: output('LakeDatabase'),
      clock,
      random,
      wait,
      log: quiet,
    },
    delivered: openDelivered({ client: s3(process.env), bucket: output('LakeBucket'), clock }),
  });
};

/** Our sink and engine over the rooms’ Firehose, bucket and Athena, with nothing in them; emptied again at the end. */
export const openRoomLake = async (): Promise<OpenSink> => {
  const output = outputsOf('rooms');
  const spill = storeUnder(prefixes.spill);
  const sink = () =>
    openCloudSink({
      stream: { client: firehose(), name: output('EventsStream'), random, wait },
      spill,
      log: quiet,
    });
  return overRaw(sink, () => engineOf('rooms'), emptied);
};

/** Our store in the rooms’ bucket; emptied at the end. */
export const openRoomStore = async (): Promise<OpenStore> => {
  const store = () => storeUnder('store/');
  return { store: store(), reopen: async () => store(), close: emptied };
};

/** Our ledger in the rooms’ table; emptied at the end. */
export const openRoomLedger = async (): Promise<OpenLedger> => {
  const table = outputsOf('rooms')('LedgerTable');
  const ledger = (): Ledger => openCloudLedger({ client: dynamo(), table });
  const close = async (): Promise<void> => {
    const client = dynamo();
    for await (const { Items = [] } of paginateScan({ client }, { TableName: table }))
      await Promise.all(
        Items.flatMap(({ id }) =>
          id === undefined ? [] : [client.send(new DeleteItemCommand({ TableName: table, Key: { id } }))],
        ),
      );
  };
  return { ledger: ledger(), reopen: async () => ledger(), close };
};
