import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { send } from './exchange.ts';
import { type At, page } from './place.ts';
import { askUntil, browser, own } from './run.ts';

/** What a visitor can type and nobody can see, one of each kind. */
const unseen = [
  ...[
    '\u0007',
    '\u001b',
    '\n',
    '\t',
    '\u007f',
    '\u0085',
    '\u009b',
    '\u00ad',
    '\u034f',
    '\u061c',
    '\u115f',
    '\u200b',
  ],
  ...[
    '\u200e',
    '\u200f',
    '\u2028',
    '\u2029',
    '\u202a',
    '\u202b',
    '\u202d',
    '\u202e',
    '\u2060',
    '\u2066',
    '\u2069',
  ],
  ...['\u3164', '\ufeff', '\ufff9', '\u{e0001}', '\u{e0049}', '\u{e007f}'],
];
/** Joiners and selectors behind nothing that they belong to. */
const misplaced = ['x\u200d ', 'x\u200c ', 'x\ufe0f', 'x\u{e0100}'];
const planted = [...unseen, ...misplaced];
/** By hand, and not from the table of the product. */
const raw = new RegExp(
  [
    String.raw`[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\u3164\ufeff]`,
    String.raw`\u034f|[\ufff9-\ufffb\u{e0000}-\u{e007f}]|x[\u200c\u200d\ufe0f\u{e0100}]`,
  ].join('|'),
  'u',
);
const room = 24_000;

/** Every text inside a value, names of fields too. */
const textsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([name, inside]) => [name, ...textsIn(inside)])
    : [];
};
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};
/** Below the sentence of a refusal its details stand on a line of their own: that line end is ours. */
const rawIn = (value: unknown): readonly string[] =>
  textsIn(value).filter((text) => raw.test(text.replace('\n{"', '{"')));

const spoken = z.object({
  result: z
    .looseObject({
      content: z.array(z.object({ text: z.string() })).default([]),
      structuredContent: z.looseObject({ notes: z.array(z.string()).default([]) }).optional(),
      contents: z.array(z.object({ text: z.string() })).default([]),
      completion: z.object({ values: z.array(z.string()).max(100) }).optional(),
    })
    .optional(),
  error: z.looseObject({}).optional(),
});

/** A page’s key plants text in every place a visitor has; then everything that can be read is read. */
export const visitors = (at: At): void => {
  describe('what visitors typed', () => {
    const marks = planted.join('');
    const bad = own(`bad ${marks}`);
    const fat = own('fat');
    const key = `key ${unseen.filter((mark) => !/\p{Cc}/u.test(mark)).join('')}`;

    const plant = async (events: readonly unknown[]): Promise<void> => {
      const answer = await send(at(), {
        path: '/v1/batch',
        key: at().saved.keys.pk,
        headers: [
          ['Origin', page],
          ['User-Agent', browser],
        ],
        body: { events },
      });
      expect(answer.status, answer.text).toBe(202);
    };
    const speak = async (method: string, params: object) => {
      const { status, text } = await send(at(), {
        path: '/mcp',
        key: at().saved.keys.rk,
        body: { jsonrpc: '2.0', id: 1, method, params },
      });
      const said = spoken.parse(JSON.parse(text));
      expect([status < 500, rawIn(said)], `${method} ${JSON.stringify(params)}`).toEqual([true, []]);
      const { content = [], contents = [], structuredContent, completion } = said.result ?? {};
      for (const block of [...content, ...contents]) expect(rawIn(parsed(block.text))).toEqual([]);
      for (const part of [
        content.map((block) => block.text).join(''),
        contents.map((block) => block.text).join(''),
        JSON.stringify(structuredContent ?? completion ?? said.error ?? ''),
      ])
        expect(part.length, `${method} ${JSON.stringify(params)}`).toBeLessThanOrEqual(room);
      return said;
    };
    const call = (name: string, args: object) => speak('tools/call', { name, arguments: args });

    beforeAll(async () => {
      const where = `https://shop.example/${encodeURIComponent(marks)}?utm_source=${encodeURIComponent(`s ${marks}`)}`;
      await plant([
        ...planted.map((mark, i) => ({
          event: own(`${i} ${mark}`),
          anonymous_id: own('v'),
          properties: { [`k ${mark}`]: mark },
        })),
        {
          event: bad,
          anonymous_id: own(`a ${marks}`),
          user_id: own(`u ${marks}`),
          session_id: own(`s ${marks}`),
          event_id: own(`e ${marks}`),
          url: where,
          path: `/p ${marks}`,
          referrer: `r ${marks}`,
          properties: { [key]: marks, said: marks, deep: { [marks]: [marks] }, tags: [marks] },
        },
        ...Array.from({ length: 60 }, (_, i) => ({
          event: fat,
          anonymous_id: own(`fat ${i}`),
          user_id: `${i} `.padEnd(256, '\u202e'),
          url: 'https://shop.example/'.padEnd(2048, 'u'),
          path: '/'.padEnd(2048, '"'),
          referrer: 'r'.padEnd(2048, '\u{e0049}').toWellFormed().slice(0, 2047),
          properties: { [`${i} `.padEnd(4_000, 'k')]: 'v'.repeat(4_000) },
        })),
      ]);
      await askUntil(at(), 'stats', { event: fat }, [{ value: 60 }]);
      await askUntil(at(), 'stats', { event: bad }, [{ value: 1 }]);
    });

    const field = `properties["${key}"]`;
    test.each<readonly [tool: string, args: object]>([
      ['query_events', { event: bad }],
      ['query_events', { event: fat }],
      ['query_events', { event: fat, limit: 1 }],
      ['query_events', { user_id: own(`u ${marks}`) }],
      ['query_events', { limit: 1000 }],
      ['get_stats', { event: bad, group_by: ['event_name', 'path', 'source'] }],
      ['get_stats', { event: bad, group_by: field }],
      ['get_stats', { event: bad, group_by: 'properties.tags' }],
      ['get_stats', { group_by: 'event_name', interval: 'day', limit: 1000 }],
      ['get_stats', { event: own(`nobody ${marks}`) }],
      ['get_stats', { group_by: `column ${marks}` }],
      ['get_stats', { [`argument ${marks}`]: 1 }],
      ['get_stats', { metric: marks }],
      ['get_stats', { tz: marks }],
      ['get_stats', { from: marks }],
      ['get_stats', { where: [{ field, op: 'eq', value: marks }] }],
      ['get_stats', { where: [{ field: marks, op: 'eq', value: marks }] }],
      ['get_stats', { cursor: marks }],
      ['top_sources', { limit: 200 }],
      ['funnel', { steps: [bad, own(`0 ${planted[0]}`)], group_by: 'path', hold: field }],
      ['funnel', { steps: [own(`bat ${marks}`), own(`nobody ${marks}`)] }],
      [`tool ${marks}`, {}],
    ])('an agent is shown %s %j so that it can be seen, in 24,000 characters', async (tool, args) => {
      await call(tool, args);
    });

    test('cells are cut with their length, one row alone is whole, REST is whole', async () => {
      const several = await call('query_events', { event: fat });
      expect(several.result?.content[0]?.text).toContain('… (2,048 characters)');
      expect(several.result?.structuredContent?.notes.join()).toContain('Cells over 500 characters');
      const rest = await send(at(), { path: `/v1/query?event=${fat}`, key: at().saved.keys.rk });
      expect(rest.text).toContain('v'.repeat(4_000));
      expect(rawIn(JSON.parse(rest.text))).toEqual([]);
    });

    test('what was shown is asked for', async () => {
      const { result } = await call('get_stats', { event: bad, group_by: 'event_name' });
      const [row] = z
        .array(z.object({ event_name: z.string(), value: z.number() }))
        .parse(JSON.parse(result?.content[0]?.text ?? ''));
      const again = await call('get_stats', { event: row?.event_name });
      expect(again.result?.content[0]?.text).toBe('[{"value":1}]');
      const uri = `schema://events/${encodeURIComponent(row?.event_name ?? '')}`;
      const { result: found } = await speak('resources/read', { uri });
      expect(JSON.parse(found?.contents[0]?.text ?? '')).toMatchObject({ event: row?.event_name, events: 1 });
    });

    test.each([
      'events://recent',
      'schema://events',
      `schema://events/${encodeURIComponent(fat)}`,
      `schema://events/${encodeURIComponent(bad)}`,
      `schema://events/${encodeURIComponent(own(`bat ${marks}`))}`,
      `schema://events/${bad}`,
      `nowhere://${marks}`,
    ])('the resource %j too', async (uri) => {
      await speak('resources/read', { uri });
    });

    test('resources that are cut say of how many and how to see more', async () => {
      const { result } = await speak('resources/read', { uri: 'events://recent' });
      expect(result?.contents.at(-1)?.text).toMatch(/^These are the newest \d+ of \d+; query_events /);
    });

    test.each([
      ['weekly_report', 'event'],
      ['traffic_anomaly', 'event'],
      ['traffic_anomaly', 'period'],
      ['funnel_review', 'steps'],
    ])('the prompt %s and the completion of its %s too', async (name, argument) => {
      await speak('prompts/get', { name, arguments: { steps: bad, [argument]: bad } });
      for (const value of ['', 'e2e_', own('bad'), bad, marks, `${'step,'.repeat(2_000)}e2e_`])
        await speak('completion/complete', {
          ref: { type: 'ref/prompt', name },
          argument: { name: argument, value },
        });
    });

    test('completion of the template, and errors of the protocol', async () => {
      const ref = { type: 'ref/resource', uri: 'schema://events/{event}' };
      const { result } = await speak('completion/complete', {
        ref,
        argument: { name: 'event', value: own('bad') },
      });
      const [name] = result?.completion?.values ?? [];
      const { result: found } = await speak('resources/read', {
        uri: `schema://events/${encodeURIComponent(name ?? '')}`,
      });
      expect(found?.contents.length).toBe(1);
      await speak('completion/complete', { ref, argument: { name: marks, value: '' } });
      await speak('completion/complete', {
        ref: { type: 'ref/prompt', name: marks },
        argument: { name: 'x', value: '' },
      });
      await speak('prompts/get', { name: marks });
      await speak(`method/${marks}`, {});
    });

    test.each([
      `stats?event=${encodeURIComponent(bad)}&group_by=event_name,path`,
      `stats?group_by=${encodeURIComponent(marks)}`,
      `stats?${encodeURIComponent(marks)}=1`,
      `stats?${encodeURIComponent(marks)}=1&${encodeURIComponent(marks)}=1`,
      `stats?where=${encodeURIComponent(`[${marks}`)}`,
      `stats?event=${encodeURIComponent(own(`bat ${marks}`))}`,
      `sources?limit=200`,
      `funnel?steps=${encodeURIComponent(JSON.stringify([bad, own(`nobody ${marks}`)]))}`,
      'query?limit=1000',
      `query?user_id=${encodeURIComponent(own(`u ${marks}`))}`,
      `query?project_slug=${encodeURIComponent(marks)}`,
    ])('GET /v1/%s too', async (path) => {
      const { status, text } = await send(at(), { path: `/v1/${path}`, key: at().saved.keys.rk });
      expect([status < 500, rawIn(JSON.parse(text))]).toEqual([true, []]);
    });

    test.each<readonly [what: string, body: unknown]>([
      ['a byte order mark', `\ufeff{"event":"x"}`],
      ['a control character', '{"event":"a\u0001b"}'],
      ['NUL', '{"event":"a\u0000b"'],
      ['a wrong address', { event: 'x', url: marks }],
      ['a wrong time', { event: 'x', timestamp: marks }],
      ['an unknown field', { event: 'x', [marks]: 1 }],
      ['a long name', { event: marks.repeat(20) }],
    ])('what intake says of %s too', async (_, body) => {
      for (const path of ['/v1/track', '/v1/batch', '/v1/identify']) {
        const { status, text } = await send(at(), {
          path,
          key: at().saved.keys.sk,
          headers: [['Content-Type', 'application/json']],
          body,
        });
        expect([status < 500, rawIn(JSON.parse(text))]).toEqual([true, []]);
      }
    });
  });
};
