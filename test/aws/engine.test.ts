import {
  AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  type QueryExecutionStatus,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { openCloudEngine } from '../../src/aws/engine.ts';
import { cellOf } from '../../src/aws/engine-cells.ts';
import { wait } from '../../src/aws/surroundings.ts';
import { sql } from '../../src/sql/sql.ts';
import { noWait, quiet, random } from './lake.ts';

const now = Date.parse('2026-11-21T10:30:00Z');
const minute = 60_000;
const client = new AthenaClient({ region: 'eu-west-1' });
const athena = mockClient(client);
const reads = {
  reading: { projects: ['shop'], env: 'live', bots: true, lake: 'raw' },
  period: { from: 0, to: 1 },
} as const;
const stops = () =>
  athena.commandCalls(StopQueryExecutionCommand).map(({ args }) => args[0].input.QueryExecutionId);

const engineWith = (newest: number | undefined = now - minute, waits = noWait()) => ({
  ...openCloudEngine({
    client,
    workgroup: 'questions',
    database: 'millimetric',
    delivered: async () => ({ newest, completeUntil: (newest ?? 0) - 120_000 }),
    clock: () => now,
    random,
    wait: waits,
    log: quiet,
  }),
  waits,
});
const ask = (
  engine = engineWith(),
  limits: { timeMs: number; signal?: AbortSignal } = { timeMs: 10_000 },
  text = sql`select 1 as n`,
) => engine.ask(text, reads, limits);
const failure = (name: string) => Object.assign(new Error('arn:aws:secret'), { name });
/** The states of the question, look by look; then the last one for ever. */
const becomes = (...states: readonly QueryExecutionStatus[]): void => {
  let look = 0;
  athena.on(GetQueryExecutionCommand).callsFake(async () => ({
    QueryExecution: {
      Status: states[Math.min(look++, states.length - 1)],
      Statistics: { DataScannedInBytes: 7, ResultReuseInformation: { ReusedPreviousResult: false } },
    },
  }));
};

const calm = (): void => {
  athena.reset();
  athena.on(StartQueryExecutionCommand).resolves({ QueryExecutionId: 'q1' });
  athena.on(StopQueryExecutionCommand).resolves({});
  athena.on(GetQueryResultsCommand).resolves({
    ResultSet: {
      ResultSetMetadata: { ColumnInfo: [{ Name: 'n', Type: 'bigint' }] },
      Rows: [{ Data: [{ VarCharValue: 'n' }] }, { Data: [{ VarCharValue: '1' }] }],
    },
  });
  becomes({ State: 'SUCCEEDED' });
};
beforeEach(calm);

describe('a question', () => {
  test('is started in its workgroup and database, looked after ever more slowly, and says what it cost', async () => {
    becomes(
      { State: 'QUEUED' },
      { State: 'RUNNING' },
      { State: 'RUNNING' },
      { State: 'RUNNING' },
      { State: 'RUNNING' },
      { State: 'RUNNING' },
      { State: 'RUNNING' },
      { State: 'SUCCEEDED' },
    );
    const engine = engineWith();
    expect(await ask(engine)).toEqual({
      rows: [{ n: 1 }],
      completeUntil: now - 3 * minute,
      cost: { bytes: 7, ms: 0, cached: false },
      notes: [],
    });
    expect(engine.waits.waited).toEqual([100, 150, 250, 400, 600, 800, 800, 800]);
    expect(athena.commandCalls(StartQueryExecutionCommand)[0]?.args[0].input).toMatchObject({
      QueryString: 'select 1 as n',
      WorkGroup: 'questions',
      QueryExecutionContext: { Database: 'millimetric' },
      ClientRequestToken: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(stops()).toEqual([]);
  });

  test('of an empty lake says so', async () => {
    const { notes } = await openEngineOfNothing();
    expect(notes).toEqual([expect.stringContaining('Nothing has been delivered')]);
  });
  const openEngineOfNothing = () =>
    openCloudEngine({
      ...{ client, workgroup: 'w', database: 'd', clock: () => now, random, wait: noWait(), log: quiet },
      delivered: async () => ({ newest: undefined, completeUntil: 0 }),
    }).ask(sql`select 1 as n`, reads, { timeMs: 10_000 });

  test('asks for no result to be reused, however long nothing came: a workgroup that manages results refuses that', async () => {
    await ask(engineWith(now - 1440 * minute));
    expect(
      Object.keys(athena.commandCalls(StartQueryExecutionCommand)[0]?.args[0].input ?? {}).sort(),
    ).toEqual(['ClientRequestToken', 'QueryExecutionContext', 'QueryString', 'WorkGroup']);
  });

  test('longer than Athena takes is refused before it is sent', async () => {
    await expect(
      ask(engineWith(), { timeMs: 10_000 }, sql`select ${'x'.repeat(262_200)} as n`),
    ).rejects.toMatchObject({ code: 'invalid_params' });
    expect(athena.calls()).toEqual([]);
  });
});

describe('a question that comes to nothing', () => {
  test.each<readonly [string, QueryExecutionStatus, string]>([
    [
      'read more than the workgroup allows',
      { State: 'CANCELLED', StateChangeReason: 'Bytes scanned limit was exceeded' },
      'query_timeout',
    ],
    [
      'outlived Athena’s own limit',
      { State: 'FAILED', StateChangeReason: 'Query timeout', AthenaError: { ErrorCategory: 2 } },
      'query_timeout',
    ],
    [
      'needed too much memory',
      {
        State: 'FAILED',
        StateChangeReason: 'Query exhausted resources at this scale factor',
        AthenaError: { ErrorCategory: 2 },
      },
      'upstream_failed',
    ],
    [
      'met a broken file',
      {
        State: 'FAILED',
        StateChangeReason: 'HIVE_BAD_DATA: s3://lake/raw',
        AthenaError: { ErrorCategory: 2 },
      },
      'upstream_failed',
    ],
    [
      'met a failure of Athena’s',
      { State: 'FAILED', StateChangeReason: 'internal', AthenaError: { ErrorCategory: 1 } },
      'upstream_failed',
    ],
    ['was stopped by somebody else', { State: 'CANCELLED', StateChangeReason: 'by user' }, 'upstream_failed'],
  ])('because it %s', async (_, status, code) => {
    becomes({ State: 'RUNNING' }, status);
    await expect(ask()).rejects.toMatchObject({ code, message: expect.not.stringContaining('s3:') });
    expect(stops()).toEqual([]);
  });

  test('because our SQL is wrong is a bug, and told as one', async () => {
    becomes({
      State: 'FAILED',
      StateChangeReason: 'SYNTAX_ERROR: line 1',
      AthenaError: { ErrorCategory: 2 },
    });
    await expect(ask()).rejects.toSatisfy(
      (thrown) => thrown instanceof Error && !('code' in thrown) && thrown.message.includes('SYNTAX_ERROR'),
    );
  });

  test.each([
    ['too many questions', 'TooManyRequestsException', /too many questions/i],
    ['throttling', 'ThrottlingException', /too many questions/i],
    ['expired credentials', 'ExpiredTokenException', /cannot be reached/],
    ['a lost connection', 'TimeoutError', /cannot be reached/],
    ['a missing right', 'AccessDeniedException', /cannot be reached/],
  ])(
    'because of %s is upstream_failed, whenever it happens, and leaves nothing running',
    async (_, name, message) => {
      const moments = [
        [() => athena.on(StartQueryExecutionCommand).rejects(failure(name)), []],
        [() => athena.on(GetQueryExecutionCommand).rejects(failure(name)), ['q1']],
        [() => athena.on(GetQueryResultsCommand).rejects(failure(name)), []],
      ] as const;
      for (const [happens, stopped] of moments) {
        calm();
        happens();
        await expect(ask()).rejects.toMatchObject({
          code: 'upstream_failed',
          message: expect.stringMatching(message),
          cause: { name },
        });
        // Only one that was started and not yet done runs on.
        expect(stops()).toEqual(stopped);
      }
    },
  );
});

describe('a question cut short', () => {
  test('for its time is query_timeout, and stopped', async () => {
    becomes({ State: 'RUNNING' });
    await expect(
      ask(engineWith(now, Object.assign(wait, { waited: [] })), { timeMs: 30 }),
    ).rejects.toMatchObject({
      code: 'query_timeout',
      details: { limit_ms: 30 },
    });
    expect(stops()).toEqual(['q1']);
  });

  test('by a caller who left is stopped, even when stopping fails', async () => {
    becomes({ State: 'RUNNING' });
    athena.on(StopQueryExecutionCommand).rejects(failure('ThrottlingException'));
    const left = new AbortController();
    const gone = new Error('gone');
    const asked = ask(engineWith(now, Object.assign(wait, { waited: [] })), {
      timeMs: 10_000,
      signal: left.signal,
    });
    setImmediate(() => left.abort(gone));
    await expect(asked).rejects.toBe(gone);
    expect(stops()).toEqual(['q1']);
  });

  test('while it was being started is stopped as soon as its id is known', async () => {
    const begun = Promise.withResolvers<{ QueryExecutionId: string }>();
    athena.on(StartQueryExecutionCommand).callsFake(() => begun.promise);
    await expect(ask(engineWith(), { timeMs: 20 })).rejects.toMatchObject({ code: 'query_timeout' });
    expect(stops()).toEqual([]);
    begun.resolve({ QueryExecutionId: 'q9' });
    await expect.poll(stops).toEqual(['q9']);
  });
});

describe('a question that may run on', () => {
  const waits = () => Object.assign(wait, { waited: [] });
  const question = sql`select 1 as n`;
  /** What Athena knows of it besides its state. */
  const known = { Query: 'select 1 as n', WorkGroup: 'questions' };
  const is = (status: QueryExecutionStatus, more: object = known): void => {
    const Status = { SubmissionDateTime: new Date(now - 20_000), ...status };
    athena.on(GetQueryExecutionCommand).resolves({
      QueryExecution: {
        ...more,
        Status,
        Statistics: { DataScannedInBytes: 7, ResultReuseInformation: { ReusedPreviousResult: true } },
      },
    });
  };
  const follow = (
    ticket?: string,
    {
      engine = engineWith(now - minute, waits()),
      timeMs = 10_000,
      signal = new AbortController().signal,
      text = question,
    } = {},
  ) => {
    if (engine.follow === undefined) throw new Error('it cannot');
    return engine.follow(text, reads, { timeMs, signal }, ticket);
  };
  /** Of a lake whose newest file came a minute ago. */
  const ticket = `${(now - 3 * minute).toString(36)}.q1`;

  test('and is done in time is answered like any other', async () => {
    is({ State: 'SUCCEEDED' });
    expect(await follow()).toEqual({
      rows: [{ n: 1 }],
      completeUntil: now - 3 * minute,
      cost: { bytes: 7, ms: 0, cached: true },
      notes: [],
    });
  });

  test('gives a ticket past its time, and is not stopped', async () => {
    is({ State: 'RUNNING' });
    expect(await follow(undefined, { timeMs: 30 })).toEqual({ ticket });
    expect(stops()).toEqual([]);
  });

  test('gives one too when its answer is there but not yet read', async () => {
    is({ State: 'SUCCEEDED' });
    athena
      .on(GetQueryResultsCommand)
      .callsFake(() => wait(60).then(() => Promise.reject(failure('AbortError'))));
    expect(await follow(undefined, { timeMs: 30 })).toEqual({ ticket });
  });

  test('is query_timeout when it was not even started', async () => {
    athena.on(StartQueryExecutionCommand).callsFake(() => wait(60).then(() => ({ QueryExecutionId: 'q9' })));
    await expect(follow(undefined, { timeMs: 20 })).rejects.toMatchObject({ code: 'query_timeout' });
    await expect.poll(stops).toEqual(['q9']);
  });

  test('is waited for again with its ticket, started no second time, and answered for the lake as it was then', async () => {
    is({ State: 'RUNNING' });
    expect(await follow(ticket, { timeMs: 30 })).toEqual({ ticket });
    is({ State: 'SUCCEEDED' });
    const later = engineWith(now, waits());
    expect(await follow(ticket, { engine: later })).toEqual({
      rows: [{ n: 1 }],
      completeUntil: now - 3 * minute,
      cost: { bytes: 7, ms: 20_000, cached: true },
      notes: [],
    });
    expect([athena.commandCalls(StartQueryExecutionCommand), stops()]).toEqual([[], []]);
  });

  test('of an empty lake says so in the end', async () => {
    is({ State: 'SUCCEEDED' });
    expect(await follow('.q1')).toMatchObject({
      completeUntil: 0,
      notes: [expect.stringContaining('Nothing has been delivered')],
    });
  });

  test.each<[string, () => void, string, RegExp]>([
    [
      'of another text',
      () => is({ State: 'SUCCEEDED' }, { ...known, Query: 'select 2 as n' }),
      ticket,
      /belongs to another question/,
    ],
    [
      'of another workgroup',
      () => is({ State: 'SUCCEEDED' }, { ...known, WorkGroup: 'primary' }),
      ticket,
      /belongs to another question/,
    ],
    [
      'of a workgroup we may not look into',
      () => athena.on(GetQueryExecutionCommand).rejects(failure('AccessDeniedException')),
      ticket,
      /not known here/,
    ],
    [
      'that Athena does not know',
      () => athena.on(GetQueryExecutionCommand).rejects(failure('InvalidRequestException')),
      ticket,
      /not known here/,
    ],
    ['that is none', () => is({ State: 'SUCCEEDED' }), 'q1', /not one of ours/],
    ['with too much in it', () => is({ State: 'SUCCEEDED' }), `.${'q'.repeat(129)}`, /not one of ours/],
  ])('refuses a ticket %s: invalid_params, and no row is read', async (_, given, strange, sentence) => {
    given();
    await expect(follow(strange)).rejects.toMatchObject({
      code: 'invalid_params',
      message: expect.stringMatching(sentence),
    });
    expect([athena.commandCalls(GetQueryResultsCommand), stops()]).toEqual([[], []]);
  });

  test('for more than half an hour is stopped: query_timeout', async () => {
    is({ State: 'RUNNING', SubmissionDateTime: new Date(now - 30 * minute - 1) });
    await expect(follow(ticket)).rejects.toMatchObject({
      code: 'query_timeout',
      details: { limit_ms: 30 * minute },
    });
    expect(stops()).toEqual(['q1']);
  });

  test('and was done by then is answered however long that is ago', async () => {
    is({
      State: 'SUCCEEDED',
      SubmissionDateTime: new Date(now - 50 * minute),
      CompletionDateTime: new Date(now - 45 * minute),
    });
    expect(await follow(ticket)).toMatchObject({ rows: [{ n: 1 }] });
  });

  test('is stopped when its caller leaves, the first time and every other', async () => {
    is({ State: 'RUNNING' });
    for (const back of [undefined, ticket]) {
      const [left, gone] = [new AbortController(), new Error('gone')];
      const asked = follow(back, { signal: left.signal });
      setTimeout(() => left.abort(gone), 20);
      await expect(asked).rejects.toBe(gone);
    }
    expect(stops()).toEqual(['q1', 'q1']);
  });

  test('and cannot be looked after is stopped unless somebody holds its ticket', async () => {
    athena.on(GetQueryExecutionCommand).rejects(failure('ThrottlingException'));
    await expect(follow()).rejects.toMatchObject({ code: 'upstream_failed' });
    expect(stops()).toEqual(['q1']);
    await expect(follow(ticket)).rejects.toMatchObject({ code: 'upstream_failed' });
    expect(stops()).toEqual(['q1']);
  });

  test('and failed meanwhile says why', async () => {
    is({ State: 'CANCELLED', StateChangeReason: 'Bytes scanned limit was exceeded' });
    await expect(follow(ticket)).rejects.toMatchObject({
      code: 'query_timeout',
      message: expect.stringContaining('read more than one question may'),
    });
  });
});

describe('a cell', () => {
  test.each([
    [undefined, 'varchar', null],
    ['', 'varchar', ''],
    ['Ä 🦉', 'varchar', 'Ä 🦉'],
    ['ab', 'char(2)', 'ab'],
    ['true', 'boolean', true],
    ['false', 'boolean', false],
    ['7', 'integer', 7],
    ['9007199254740991', 'bigint', 9007199254740991],
    ['9007199254740993', 'bigint', '9007199254740993'],
    ['-9007199254740993', 'bigint', '-9007199254740993'],
    ['1.5', 'double', 1.5],
    ['1.0E-5', 'double', 0.00001],
    ['NaN', 'double', 'NaN'],
    ['-Infinity', 'double', '-Infinity'],
    ['1.50', 'decimal(3,2)', 1.5],
    ['12345678901234567890', 'decimal(38,0)', '12345678901234567890'],
    ['2026-03-02', 'date', '2026-03-02'],
    ['2026-03-02 09:00:00.007', 'timestamp', '2026-03-02T09:00:00.007Z'],
    ['2026-03-02 09:00:00', 'timestamp(0)', '2026-03-02T09:00:00.000Z'],
    ['2026-03-02 09:00:00.123456', 'timestamp(6)', '2026-03-02T09:00:00.123Z'],
    ['1969-12-31 23:59:59.999', 'timestamp(3)', '1969-12-31T23:59:59.999Z'],
    ['2026-03-02 09:00:00.007 UTC', 'timestamp(3) with time zone', '2026-03-02T09:00:00.007Z'],
    ['294247-01-10 04:00:54.775', 'timestamp', null],
    ['[a, b]', 'array(varchar)', '[a, b]'],
  ])('%j of type %s is %j', (text, type, cell) => {
    expect(cellOf(text, type)).toBe(cell);
  });
});
