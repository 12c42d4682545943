import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Counted, Counters, World } from '../ports.ts';
import { ledgerExpiry } from './settings.ts';
import { nameOf, upstream } from './upstream.ts';

type Attributes = Record<string, AttributeValue>;

/** A number of a counter, and the last write of one process, as attributes of its item. */
const numberOf = (name: string): string => `n#${name}`;
const writerOf = (process: string): string => `w#${process}`;
/** A write that is tried again comes within seconds; a process that has not written for so long leaves no mark. */
const writersKeptMs = 15 * 60_000;
/** So many marks may stand there before old ones are removed. */
const writersKept = 16;
/** How often a mark that others move is tried to be moved. */
const tries = 4;

/**
 * Counters in the ledger’s table: one conditional UpdateItem each. The SDK tries a write again whose answer was lost, and adding is not the same done twice; so each process leaves a rising number with what
 * it adds, and a second try of the same finds it there. Its writes to one counter go one after another. Rejects with `upstream_failed` when the table cannot be reached; then what
 * was to be added may or may not have been.
 */
export const openCloudCounters = ({
  client,
  table: TableName,
  clock,
  random,
}: {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly clock: World['clock'];
  readonly random: World['random'];
}): Counters => {
  const self = writerOf(Buffer.from(random(6)).toString('base64url'));
  const turns = new Map<string, Promise<unknown>>();
  const old = new Map<string, readonly string[]>();
  let stamp = 0;

  const inTurn = async <T>(id: string, act: () => Promise<T>): Promise<T> => {
    const mine = (turns.get(id) ?? Promise.resolve()).then(act, act);
    turns.set(id, mine);
    try {
      return await mine;
    } finally {
      if (turns.get(id) === mine) turns.delete(id);
    }
  };

  const itemOf = async (id: string): Promise<Attributes> =>
    (
      await client
        .send(new GetItemCommand({ TableName, Key: { id: { S: id } }, ConsistentRead: true }))
        .catch(unreachable)
    ).Item ?? {};

  /** Writes if the condition holds. Old marks of other processes go with it. */
  const update = async (id: string, change: Change, expiresAt: number | undefined): Promise<Counted> => {
    stamp = Math.max(stamp + 1, Math.floor(clock()));
    const remove = old.get(id) ?? [];
    const names = Object.fromEntries([
      ['#self', self],
      ...change.names.map((name, i) => [`#n${i}`, numberOf(name)]),
      ...remove.map((name, i) => [`#o${i}`, name]),
      ...(expiresAt === undefined ? [] : [['#expires', ledgerExpiry]]),
    ]);
    const values = Object.fromEntries(
      Object.entries({
        ...change.values,
        ':self': stamp,
        ...(expiresAt !== undefined && { ':expires': Math.ceil(expiresAt / 1000) }),
      }).map(([name, value]) => [name, { N: String(value) }]),
    );
    const set = ['#self = :self', ...(expiresAt === undefined ? [] : ['#expires = :expires']), ...change.set];
    try {
      const { Attributes = {} } = await client.send(
        new UpdateItemCommand({
          TableName,
          Key: { id: { S: id } },
          UpdateExpression: [
            `SET ${set.join(', ')}`,
            ...(change.add.length === 0 ? [] : [`ADD ${change.add.join(', ')}`]),
            ...(remove.length === 0 ? [] : [`REMOVE ${remove.map((_, i) => `#o${i}`).join(', ')}`]),
          ].join(' '),
          ConditionExpression: [
            '(attribute_not_exists(#self) OR #self < :self)',
            ...change.conditions.map((condition) => `(${condition})`),
          ].join(' AND '),
          ExpressionAttributeNames: names,
          ExpressionAttributeValues: values,
          ReturnValues: 'ALL_NEW',
        }),
      );
      remember(id, Attributes);
      return { done: true, numbers: numbersIn(Attributes, change.names) };
    } catch (thrown) {
      if (nameOf(thrown) !== 'ConditionalCheckFailedException') return unreachable(thrown);
      const item = await itemOf(id);
      // What stands in the way may be our own first try, whose answer was lost.
      return { done: Number(item[self]?.N) === stamp, numbers: numbersIn(item, change.names) };
    }
  };
  const remember = (id: string, item: Attributes): void => {
    const writers = Object.entries(item).filter(([name]) => name.startsWith('w#') && name !== self);
    const before = clock() - writersKeptMs;
    const gone = writers.filter(([, { N }]) => Number(N) < before).map(([name]) => name);
    if (writers.length > writersKept && gone.length > 0) old.set(id, gone.slice(0, 50));
    else old.delete(id);
  };

  return {
    add: (id, by, { atMost = {}, expiresAt } = {}) =>
      inTurn(id, async () => {
        const parts = Object.entries(by);
        if (parts.some(([name, n]) => n > (atMost[name] ?? n)))
          return { done: false, numbers: numbersIn(await itemOf(id), Object.keys(by)) };
        const bound = parts.flatMap(([name, n], i) => {
          const most = atMost[name];
          return most === undefined ? [] : [{ i, room: most - n }];
        });
        return update(
          id,
          {
            names: parts.map(([name]) => name),
            add: parts.map((_, i) => `#n${i} :n${i}`),
            set: [],
            conditions: bound.map(({ i }) => `attribute_not_exists(#n${i}) OR #n${i} <= :m${i}`),
            values: Object.fromEntries([
              ...parts.map(([, n], i) => [`:n${i}`, n]),
              ...bound.map(({ i, room }) => [`:m${i}`, room]),
            ]),
          },
          expiresAt,
        );
      }),
    advance: (id, { by, floor, most }, expiresAt) =>
      inTurn(id, async () => {
        // A look first, so that of the two ways to write the right one is taken.
        let known = numbersIn(await itemOf(id))[mark] ?? Number.NEGATIVE_INFINITY;
        for (let turn = 1; ; turn++) {
          const isBelow = known < floor;
          if ((isBelow ? floor : known) + by > most)
            return { done: false, numbers: Number.isFinite(known) ? { [mark]: known } : {} };
          const said = await update(id, isBelow ? from(floor, by) : onward(floor, by, most), expiresAt);
          known = said.numbers[mark] ?? Number.NEGATIVE_INFINITY;
          if (said.done || turn === tries) return said;
        }
      }),
    read: async (id) => numbersIn(await itemOf(id)),
  };
};

const mark = 'at';

/** What one write does, and when. */
interface Change {
  readonly names: readonly string[];
  readonly add: readonly string[];
  readonly set: readonly string[];
  readonly conditions: readonly string[];
  readonly values: Readonly<Record<string, number>>;
}

const from = (floor: number, by: number): Change => ({
  names: [mark],
  add: [],
  set: ['#n0 = :to'],
  conditions: ['attribute_not_exists(#n0) OR #n0 < :floor'],
  values: { ':to': floor + by, ':floor': floor },
});

const onward = (floor: number, by: number, most: number): Change => ({
  names: [mark],
  add: ['#n0 :by'],
  set: [],
  conditions: ['#n0 >= :floor AND #n0 <= :most'],
  values: { ':by': by, ':floor': floor, ':most': most - by },
});

const unreachable = upstream('The counters of plans and limits cannot be reached. Try again in a moment.');

/** All numbers of an item, or those of these names. */
const numbersIn = (item: Attributes, names?: readonly string[]): Record<string, number> =>
  Object.fromEntries(
    Object.entries(item).flatMap(([name, { N }]) =>
      name.startsWith('n#') && N !== undefined && (names?.includes(name.slice(2)) ?? true)
        ? [[name.slice(2), Number(N)]]
        : [],
    ),
  );
