import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { StopQueryExecutionCommand } from '@aws-sdk/client-athena';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { authorize } from '../../src/access/authorize.ts';
import { createAccount } from '../../src/accounts/accounts.ts';
import { mintKey } from '../../src/accounts/keys.ts';
import { createProject } from '../../src/accounts/projects.ts';
import { gateway } from '../../src/local/gateway/gateway.ts';
import { openLocalLedger } from '../../src/local/ledger.ts';
import { administer } from '../../src/serve/admin.ts';
import { collect } from '../../src/serve/collect.ts';
import { speakDialects } from '../../src/serve/dialects.ts';
import { speakMcp } from '../../src/serve/mcp.ts';
import { answerQuestions } from '../../src/serve/rest.ts';
import { site } from '../../src/serve/site.ts';
import { openCloudLake, quiet } from '../aws/lake.ts';
import { countersInMemory } from '../counters.ts';
import { startProduct } from '../local/product.ts';
import { officialClients } from '../mcp/official-clients.ts';

const minute = 60_000;
const noon = Date.parse('2026-11-21T12:00:00.000Z');

/** The doors on a port, over the cloud’s engine whose Athena does nothing while it is held, with a key for each of two projects; its clock stands still. */
const openCloud = async () => {
  const lake = await openCloudLake();
  const { ledger, close } = openLocalLedger(':memory:');
  const on = { now: noon };
  const world = {
    ...{
      sink: lake.sink(),
      engine: lake.engine(),
      ledger,
      counters: countersInMemory(),
      clock: () => on.now,
      breathe: async () => {},
      random: (n: number) => randomBytes(n),
      log: quiet,
    },
    ...{
      pepper: async () => new Uint8Array(32),
      country: () => null,
      lake: 'raw' as const,
      questionTimeMs: 400,
    },
  };
  await createAccount(world, { id: 'acc', name: 'default', plan: 'unlimited' });
  const keyOf = async (slug: string) => {
    const { project_id: projectId } = await createProject(world, 'acc', { slug, name: slug });
    return (await mintKey(world, { kind: 'sk', env: 'live', projectId })).key;
  };
  const [shop, other] = [await keyOf('shop'), await keyOf('other')];
  const { server, close: closeGateway } = gateway(world, authorize(world), {
    ...{
      admin: administer(world),
      collect: collect(world),
      dialects: speakDialects(world),
      query: answerQuestions(world),
      mcp: speakMcp(world),
    },
    site: site(world, {
      version: '0',
      loader: '',
      app: { html: '', hashes: { style: '', script: '' } },
      openapi: '{}',
    }),
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = z.object({ port: z.number() }).parse(server.address());
  const url = `http://127.0.0.1:${port}`;
  const call = async (key: string, path: string, body?: object) => {
    const answer = await fetch(url + path, {
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    return {
      status: answer.status,
      headers: answer.headers,
      body: z.record(z.string(), z.unknown()).parse(await answer.json()),
    };
  };
  return {
    ...{ lake, shop, other, url, call },
    athena: lake.athena,
    stops: () => lake.athena.mock.commandCalls(StopQueryExecutionCommand).length,
    wind: (ms: number) => {
      on.now += ms;
    },
    close: async () => {
      await closeGateway(1_000);
      await lake.close();
      close();
    },
  };
};

let cloud: Awaited<ReturnType<typeof openCloud>>;
beforeEach(async () => {
  cloud = await openCloud();
  await cloud.call(cloud.shop, '/v1/batch', {
    events: ['a', 'a', 'b'].map((event) => ({ event, anonymous_id: 'v', timestamp: '2026-11-20T12:00:00Z' })),
  });
});
afterEach(() => cloud.close());

const question = '/v1/stats?from=last:7d&group_by=event_name';
const rows = [
  { event_name: 'a', value: 2 },
  { event_name: 'b', value: 1 },
];

describe('a question that outlasts its request', () => {
  test('is answered 202 with its query_id, runs on, and is answered as soon as it is done: the very one that was asked', async () => {
    const release = cloud.athena.hold();
    const first = await cloud.call(cloud.shop, question);
    expect([first.status, first.headers.get('retry-after')]).toEqual([202, '0']);
    expect(first.body).toEqual({
      status: 'running',
      query_id: expect.stringMatching(/^[0-9a-z]+\.[0-9a-z]*\.0$/),
      notes: [
        expect.stringMatching(
          /^Not answered yet: this question is still running\. Ask get_stats again with the same arguments and query_id "/,
        ),
      ],
      resolved: expect.objectContaining({ from: '2026-11-14T12:00:00.001Z', to: '2026-11-21T12:00:00.001Z' }),
    });
    cloud.wind(minute);
    const again = await cloud.call(cloud.shop, `${question}&query_id=${first.body.query_id}`);
    expect([again.status, again.body]).toEqual([202, first.body]);
    release();
    const { status, body } = await cloud.call(cloud.shop, `${question}&query_id=${first.body.query_id}`);
    expect(status).toBe(200);
    // A minute later `last:7d` is still that of the first asking.
    expect(body).toMatchObject({
      rows,
      query_id: first.body.query_id,
      period: { to: '2026-11-21T12:00:00.001Z' },
    });
    expect(body).not.toHaveProperty('status');
    expect([cloud.athena.started.length, cloud.stops()]).toEqual([1, 0]);
  });

  test('answers to its resolved arguments too, and page by page', async () => {
    const release = cloud.athena.hold();
    const { body } = await cloud.call(cloud.shop, '/v1/query?limit=2');
    const { limit, from, to } = z
      .object({ limit: z.number(), from: z.string(), to: z.string() })
      .loose()
      .parse(body.resolved);
    release();
    const page = await cloud.call(
      cloud.shop,
      `/v1/query?limit=${limit}&from=${from}&to=${to}&query_id=${body.query_id}`,
    );
    expect(page.body.rows).toHaveLength(2);
    cloud.wind(minute);
    const releaseNext = cloud.athena.hold();
    const next = `/v1/query?cursor=${page.body.next_cursor}`;
    const waiting = await cloud.call(cloud.shop, next);
    expect(waiting.status).toBe(202);
    releaseNext();
    const last = await cloud.call(cloud.shop, `${next}&query_id=${waiting.body.query_id}`);
    expect(last.body).toMatchObject({ rows: [{ event_name: 'a' }], next_cursor: null });
    expect(cloud.athena.started).toHaveLength(2);
  });

  test('is nobody else’s: another project’s key, other arguments and a made-up id are refused and learn nothing', async () => {
    const release = cloud.athena.hold();
    const { query_id: id } = (await cloud.call(cloud.shop, question)).body;
    release();
    const text = String(id);
    const [now = '', delivered = ''] = text.split('.');
    const strange: readonly (readonly [string, string, RegExp])[] = [
      [
        cloud.other,
        `${question}&query_id=${text}`,
        /^query_id: belongs to another question; send exactly the arguments it came with, or leave it out to ask anew$/,
      ],
      [cloud.shop, `${question}&include_bots=true&query_id=${text}`, /belongs to another question/],
      [cloud.shop, `/v1/sources?query_id=${text}`, /belongs to another question/],
      [
        cloud.shop,
        `${question}&query_id=${(Number.parseInt(now, 36) - 1).toString(36)}.${delivered}.0`,
        /belongs to another question/,
      ],
      [cloud.shop, `${question}&query_id=${now}.${delivered}.77`, /not known here/],
      [cloud.shop, `${question}&query_id=nonsense`, /not one of ours/],
      [cloud.shop, `${question}&query_id=${now}.0`, /not one of ours/],
      [cloud.shop, `${question}&query_id=zzzzzzzzz.${delivered}.0`, /too old/],
      [cloud.shop, `${question}&query_id=0.${delivered}.0`, /too old/],
    ];
    for (const [key, path, sentence] of strange) {
      const { status, body } = await cloud.call(key, path);
      expect([path, status, body.error]).toEqual([path, 400, 'invalid_params']);
      expect(body.message).toMatch(sentence);
      expect(body.details).toMatchObject({ fieldErrors: { query_id: [body.message] } });
    }
    expect(cloud.athena.started).toHaveLength(1);
  });

  test('that found nothing looks for the names in use within the same time, and does without', async () => {
    const release = cloud.athena.hold();
    const { body } = await cloud.call(cloud.shop, `${question}&event=c`);
    release();
    // The question is answered; the look at the names is not.
    await expect.poll(() => cloud.athena.states()).toEqual(['SUCCEEDED']);
    cloud.athena.hold();
    const { status, body: answer } = await cloud.call(
      cloud.shop,
      `${question}&event=c&query_id=${body.query_id}`,
    );
    expect([status, answer.rows]).toEqual([200, []]);
    expect(String(answer.notes)).toContain(
      'Which events exist could not be looked up as well; the resource schema://events lists them.',
    );
    expect(cloud.stops()).toBe(1);
  });

  test('as a resource cannot be come back to: it is stopped, query_timeout', async () => {
    cloud.athena.hold();
    const { body } = await cloud.call(cloud.shop, '/mcp', {
      jsonrpc: '2.0',
      id: 1,
      method: 'resources/read',
      params: { uri: 'schema://events' },
    });
    expect(JSON.stringify(body.error)).toContain('query_timeout');
    expect(cloud.stops()).toBe(1);
  });
});

describe('an agent', () => {
  const answer = z.object({
    isError: z.boolean().optional(),
    content: z.array(z.object({ text: z.string() })),
    structuredContent: z.record(z.string(), z.unknown()).optional(),
  });

  test.each(officialClients)(
    'with $name is told to call the same tool again, and its client takes both answers for what the tool promises',
    async (official) => {
      const release = cloud.athena.hold();
      const talk = await official.connect(`${cloud.url}/mcp`, { Authorization: `Bearer ${cloud.shop}` });
      // A client that knows the tool’s schema checks what comes against it.
      await talk.tools();
      const ask = async (more: object) =>
        answer.parse(await talk.call('get_stats', { from: 'last:7d', group_by: 'event_name', ...more }));
      const running = await ask({});
      const query_id = running.structuredContent?.query_id;
      expect(running.isError).toBeUndefined();
      expect(running.structuredContent).toMatchObject({
        status: 'running',
        notes: [running.content[0]?.text],
      });
      expect(running.content[0]?.text).toContain(
        `Ask get_stats again with the same arguments and query_id ${JSON.stringify(query_id)}`,
      );
      release();
      let done = await ask({ query_id });
      while (done.structuredContent?.status === 'running') done = await ask({ query_id });
      expect(done.structuredContent).toMatchObject({ rows, query_id });
      expect(JSON.parse(done.content[0]?.text ?? '')).toEqual(rows);
      expect(await ask({ query_id, include_bots: true })).toMatchObject({
        isError: true,
        content: [{ text: expect.stringContaining('belongs to another question') }],
      });
      await talk.close();
    },
  );
});

test('where questions end with their request a query_id is refused, and says so', async () => {
  const product = await startProduct();
  const answer = await fetch(`${product.url}/v1/stats?query_id=abc.d.e`, {
    headers: { Authorization: `Bearer ${product.keys.rk}` },
  });
  expect([answer.status, await answer.json()]).toEqual([
    400,
    {
      error: 'invalid_params',
      message:
        'query_id: questions end with their request here, so there is none to come back to; leave it out',
      details: {
        formErrors: [],
        fieldErrors: {
          query_id: [
            'query_id: questions end with their request here, so there is none to come back to; leave it out',
          ],
        },
      },
    },
  ]);
  await product.stop();
});
