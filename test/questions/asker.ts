import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { Principal } from '../../src/access/principal.ts';
import { createProject } from '../../src/accounts/projects.ts';
import { columnNames, columns, type Event } from '../../src/events/columns.ts';
import { openLake } from '../../src/local/lake.ts';
import { openLocalLedger } from '../../src/local/ledger.ts';
import { definitions } from '../../src/local/parquet/relations.ts';
import { cell } from '../../src/local/query/cells.ts';
import { perConnection, prelude } from '../../src/local/query/prelude.ts';
import type { Cell, Engine, KeepResult, World } from '../../src/ports.ts';
import { askQuestion } from '../../src/serve/ask.ts';
import type { Envelope } from '../../src/serve/envelope.ts';
import { join, type Sql, sql } from '../../src/sql/sql.ts';
import { countersInMemory } from '../counters.ts';
import type { Asking } from '../oracle/oracle.ts';
import type { Context } from '../oracle/stored.ts';
import { earliestDay } from '../worlds/day.ts';

/** The real product on one of its lakes, to keep events in and ask. */
export interface Asker {
  readonly lake: World['lake'];
  /** Keeps each request, one after the other. */
  keep(requests: readonly (readonly Event[])[]): Promise<void>;
  /** With a project’s key, or an account’s where rows are by project. */
  ask(
    question: string,
    args: Readonly<Record<string, unknown>>,
    context: Context,
    asking: Asking,
  ): Promise<Envelope>;
  /** Moves what is kept into its final form, where the lake has one. */
  settle(): Promise<void>;
  /** The SQL of the last question. */
  sql(): string;
  close(): Promise<void>;
}

/** The embedded lake in a folder of its own: each event stored once. */
export const cleanAsker = async (): Promise<Asker> => {
  const dir = mkdtempSync(joinPath(tmpdir(), 'millimetric-worlds-'));
  const lake = await openLake({ dir: joinPath(dir, 'events'), log: quiet, clock: Date.now });
  return askerOf(dir, { lake: 'clean', sink: lake.sink, engine: lake.engine }, lake.compact, lake.close);
};

/** DuckDB with the prelude over one table of everything that was sent, repeats included: what the cloud’s lake holds until it compacts. */
export const rawAsker = async (): Promise<Asker> => {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  await connection.run(sql`create table main.events (${definitions}, dt varchar)`.text);
  for (const statement of [...prelude, ...perConnection]) await connection.run(statement);
  const keep = async (events: readonly Event[]): Promise<KeepResult> => {
    // Its pipeline may deliver a row twice: all that have no id of their own do come twice.
    const delivered = [...events, ...events.filter((event) => event.event_id === null)];
    if (delivered.length > 0)
      await connection.run(sql`insert into events values ${join(delivered.map(rowOf))}`.text);
    return {};
  };
  const close = async (): Promise<void> => {
    connection.closeSync();
    instance.closeSync();
  };
  const dir = mkdtempSync(joinPath(tmpdir(), 'millimetric-worlds-'));
  return askerOf(dir, { lake: 'raw', sink: { keep }, engine: engineOn(connection) }, async () => {}, close);
};

type Lake = Pick<World, 'lake' | 'sink' | 'engine'>;

function askerOf(
  dir: string,
  lake: Lake,
  settle: () => Promise<void>,
  closeLake: () => Promise<void>,
): Asker {
  const counters = countersInMemory();
  const { ledger, close } = openLocalLedger(joinPath(dir, 'ledger.sqlite'));
  let last = '';
  // What a world holds is complete when it is asked: its own time, not the machine’s.
  const engineAt = (now: number): Engine => ({
    ask: async (question, ...more) => {
      last = question.text;
      return { ...(await lake.engine.ask(question, ...more)), completeUntil: now };
    },
  });
  const at = (now: number): World => ({
    ...{ ...lake, ...surroundings, engine: engineAt(now), ledger, counters },
    clock: () => now,
  });
  return {
    lake: lake.lake,
    keep: async (requests) => {
      for (const request of requests) await lake.sink.keep(request);
    },
    ask: async (question, args, context, asking) => {
      const world = at(asking.now);
      const principal = context.byProject
        ? await accountWith(world, context, asking)
        : projectKey(context, asking);
      return askQuestion(world, principal, question, args);
    },
    settle,
    sql: () => last,
    close: async () => {
      await closeLake();
      close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

const quiet: World['log'] = { info: () => {}, warn: () => {}, error: () => {} };
const surroundings = {
  log: quiet,
  breathe: async () => {},
  random: (n: number) => randomBytes(n),
  pepper: async () => new Uint8Array(32),
  country: () => null,
  questionTimeMs: 25_000,
} as const;

const projectKey = ({ projects: [id = ''], env }: Context, { timezone }: Asking): Principal => ({
  ...{ key: `rk_${env}_testtest`, kind: 'rk', env, scope: '', accountId: 'acc', plan: 'unlimited' },
  project: { id, slug: 'p', timezone, allowedOrigins: [] },
});

/** The key of a new account that has exactly these projects. */
async function accountWith(
  world: World,
  { projects, env }: Context,
  { timezone }: Asking,
): Promise<Principal> {
  const accountId = `acc_${randomBytes(8).toString('hex')}`;
  for (const [n, id] of projects.entries())
    await createProject(world, accountId, { id, slug: `p${n}`, name: id, timezone });
  return {
    key: `ak_${env}_testtest`,
    kind: 'ak',
    env,
    scope: '',
    accountId,
    plan: 'unlimited',
    project: null,
  };
}

const rowOf = (event: Event): Sql =>
  sql`(${join([...columnNames.map((column) => (columns[column].type === 'timestamp(3)' ? new Date(Number(event[column])) : event[column])), earliestDay(event)])})`;

const engineOn = (connection: DuckDBConnection): Engine => ({
  ask: async (question) => {
    const result = await connection.run(question.text);
    return {
      rows: await result.convertRowObjects<Cell>(cell),
      completeUntil: Date.now(),
      cost: { bytes: 0, ms: 0, cached: false },
      notes: [],
    };
  },
});
