import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { keyId } from '../../src/access/keys.ts';
import type { Books } from '../../src/accounts/books.ts';
import { openCloudCounters } from '../../src/aws/counters.ts';
import { openCloudLedger } from '../../src/aws/ledger.ts';
import { ledgerIndex } from '../../src/aws/settings.ts';
import type { Counters, Ledger } from '../../src/ports.ts';

/** A DynamoDB with the ledger’s table in it. */
export interface Dynamo {
  readonly url: string;
  readonly ledger: () => Ledger;
  /** The counters as one more process has them. */
  readonly counters: (clock?: () => number) => Counters;
  /** The same, whose next write is done and its answer lost on the way. */
  readonly forgetfulCounters: () => Promise<Counters>;
  /** A ledger whose next write is done and its answer lost on the way. */
  readonly forgetful: () => Promise<Ledger>;
  readonly close: () => Promise<void>;
}

export const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
export const region = 'eu-west-1';
const table = 'ledger';
const booksAt = Date.parse('2026-11-21T10:00:00Z');
const random = (n: number): Uint8Array => crypto.getRandomValues(new Uint8Array(n));
const clientAt = (endpoint: string): DynamoDBClient => new DynamoDBClient({ endpoint, region, credentials });

export const openDynamo = async (): Promise<Dynamo> => {
  const server = dynalite({ createTableMs: 0 });
  const url = await listening(server);
  const servers = [server];
  await createTable(clientAt(url));
  return {
    url,
    ledger: () => openCloudLedger({ client: clientAt(url), table }),
    counters: (clock = () => booksAt) => openCloudCounters({ client: clientAt(url), table, clock, random }),
    forgetfulCounters: async () => {
      const road = lossyRoad(url);
      servers.push(road);
      const client = clientAt(await listening(road));
      return openCloudCounters({ client, table, clock: () => booksAt, random });
    },
    forgetful: async () => {
      const road = lossyRoad(url);
      servers.push(road);
      return openCloudLedger({ client: clientAt(await listening(road)), table });
    },
    close: async () => {
      for (const each of servers) {
        each.closeAllConnections();
        each.close();
      }
    },
  };
};

/** The books in it, on 21 November 2026 and under a pepper of zeros; and whether a key is in them and not revoked. */
export const booksIn = (
  dynamo: Dynamo,
): { readonly books: Books; readonly isGood: (key: string) => Promise<boolean> } => {
  const pepper = new Uint8Array(32);
  return {
    books: {
      ledger: dynamo.ledger(),
      clock: () => booksAt,
      random,
      pepper: async () => pepper,
    },
    isGood: async (key) => (await dynamo.ledger().read(keyId(key, pepper)))?.data.revoked_at === null,
  };
};

const createTable = async (client: DynamoDBClient): Promise<void> => {
  await client.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['id', 'group', 'at'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [
        {
          IndexName: ledgerIndex,
          KeySchema: [
            { AttributeName: 'group', KeyType: 'HASH' },
            { AttributeName: 'at', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  );
};

/** Passes requests on; of the first write the answer never comes back. */
const lossyRoad = (to: string): Server => {
  let lost = false;
  return createServer((incoming, outgoing) => {
    const writes = /PutItem|DeleteItem|UpdateItem/.test(String(incoming.headers['x-amz-target']));
    const onward = request(to, { method: 'POST', headers: incoming.headers }, (answer) => {
      if (writes && !lost) {
        lost = true;
        answer.resume();
        answer.on('end', () => incoming.socket.destroy());
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
  });
};

const listening = async (server: Server): Promise<string> => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
};
