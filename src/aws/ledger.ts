import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import { ledgerPage, ledgerPageLength, ledgerPlace } from '../accounts/ledger-page.ts';
import type { Ledger, LedgerItem } from '../ports.ts';
import { ledgerExpiry, ledgerIndex } from './settings.ts';
import { nameOf, upstream } from './upstream.ts';

type Attributes = Record<string, AttributeValue>;

const text = z.object({ S: z.string() });
const stored = z.object({
  id: text,
  group: z.optional(text),
  at: text,
  version: z.object({ N: z.string() }),
  data: text,
});
const fields = z.looseObject({});
/** Sorts before every other character, so that a shorter `at` comes first and equal ones are ordered by id. */
const end = '\0';

/**
 * A ledger in one DynamoDB table: partition key `id`, index `group-at` over `group` and `at`. Single items and conditions only. A read sees every write that was answered; a
 * list follows within a second or so, as indexes do. Rejects with `upstream_failed` when the table cannot be reached.
 */
export const openCloudLedger = ({
  client,
  table: TableName,
}: {
  readonly client: DynamoDBClient;
  readonly table: string;
}): Ledger => {
  const read: Ledger['read'] = async (id) => {
    const { Item } = await client
      .send(new GetItemCommand({ TableName, Key: { id: { S: id } }, ConsistentRead: true }))
      .catch(unreachable);
    return Item && itemFrom(Item);
  };

  return {
    read,
    write: async (item, ifVersion, expiresAt) => {
      const { id, data } = item;
      const put = new PutItemCommand({
        TableName,
        Item: attributesOf(item, ifVersion + 1, expiresAt),
        ...conditionFor(ifVersion),
      });
      const done = await unless(client.send(put));
      // The SDK tried again after an answer was lost: what stands in our way may be our own first try.
      return done === 'done' || (done === 'repeated' && isOurs(await read(id), ifVersion + 1, data));
    },
    erase: async (id, ifVersion) => {
      const done = await unless(
        client.send(new DeleteItemCommand({ TableName, Key: { id: { S: id } }, ...conditionFor(ifVersion) })),
      );
      return done === 'done' || (done === 'repeated' && (await read(id)) === undefined);
    },
    list: async (group, { after, limit = ledgerPageLength } = {}) => {
      const items: LedgerItem[] = [];
      let start: Attributes | undefined = after === undefined ? undefined : startAfter(group, after);
      do {
        const query = new QueryCommand({
          TableName,
          IndexName: ledgerIndex,
          KeyConditionExpression: '#group = :group',
          ExpressionAttributeNames: { '#group': 'group' },
          ExpressionAttributeValues: { ':group': { S: group } },
          Limit: limit + 1 - items.length,
          ExclusiveStartKey: start,
        });
        const { Items = [], LastEvaluatedKey } = await client.send(query).catch(unreachable);
        items.push(...Items.map(itemFrom));
        start = LastEvaluatedKey;
      } while (start !== undefined && items.length <= limit);
      return ledgerPage(items, limit);
    },
  };
};

const unreachable = upstream('The records of keys and projects cannot be reached. Try again in a moment.');

const conditionFor = (ifVersion: number) =>
  ifVersion === 0
    ? { ConditionExpression: 'attribute_not_exists(id)' }
    : {
        ConditionExpression: '#version = :version',
        ExpressionAttributeNames: { '#version': 'version' },
        ExpressionAttributeValues: { ':version': { N: String(ifVersion) } },
      };

/** `refused`: the condition did not hold; `repeated`: it did not on a second or third try. */
const unless = async (sending: Promise<unknown>): Promise<'done' | 'refused' | 'repeated'> => {
  try {
    await sending;
    return 'done';
  } catch (thrown) {
    if (nameOf(thrown) !== 'ConditionalCheckFailedException') return unreachable(thrown);
    return attemptsOf(thrown) > 1 ? 'repeated' : 'refused';
  }
};

const sdkError = z.object({ $metadata: z.object({ attempts: z.number() }) });
const attemptsOf = (thrown: unknown): number => sdkError.safeParse(thrown).data?.$metadata.attempts ?? 1;

const isOurs = (item: LedgerItem | undefined, version: number, data: LedgerItem['data']): boolean =>
  item?.version === version && JSON.stringify(item.data) === JSON.stringify(data);

const attributesOf = (
  { id, group, at, data }: Omit<LedgerItem, 'version'>,
  version: number,
  expiresAt: number | undefined,
): Attributes => ({
  id: { S: id },
  ...(group === undefined ? {} : { group: { S: group } }),
  at: { S: sortKey(at, id) },
  version: { N: String(version) },
  data: { S: JSON.stringify(data) },
  // The table’s TTL attribute, in seconds.
  ...(expiresAt === undefined ? {} : { [ledgerExpiry]: { N: String(Math.ceil(expiresAt / 1000)) } }),
});

const itemFrom = (attributes: Attributes): LedgerItem => {
  const {
    id: { S: id },
    group,
    at: { S: sorted },
    version,
    data,
  } = stored.parse(attributes);
  const at = sorted.slice(0, -(id.length + end.length));
  return {
    id,
    version: Number(version.N),
    data: fields.parse(JSON.parse(data.S)),
    ...(group === undefined ? {} : { group: group.S }),
    // None and the empty text are the same here: a sort key must hold something, and nothing asks for the difference.
    ...(at === '' ? {} : { at }),
  };
};

const sortKey = (at: string | undefined, id: string): string => {
  if (at?.includes(end) === true) throw new Error('a ledger item’s `at` must not hold U+0000');
  return `${at ?? ''}${end}${id}`;
};

const startAfter = (group: string, cursor: string): Attributes => {
  const [at, id] = ledgerPlace(cursor);
  return { id: { S: id }, group: { S: group }, at: { S: sortKey(at, id) } };
};
