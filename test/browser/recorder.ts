import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { loaderText } from '../../src/browser/loader-text.ts';
import { listening, startSite, stopped } from './site.ts';

const eventShape = z.object({
  event: z.string(),
  event_id: z.string(),
  timestamp: z.string(),
  anonymous_id: z.string().optional(),
  user_id: z.string().optional(),
  url: z.string(),
  referrer: z.string().optional(),
  properties: z.record(z.string(), z.unknown()),
});
const bodyShape = z.object({
  events: z.array(eventShape).optional(),
  anonymous_id: z.string().optional(),
  user_id: z.string().optional(),
  traits: z.unknown().optional(),
});

/** What the loader said of one event. */
export type Said = z.output<typeof eventShape>;
/** One POST the loader made, and how it was answered (`cut`: taken, then the connection was dropped). */
export interface Call extends z.output<typeof bodyShape> {
  readonly path: string;
  readonly key: string;
  readonly type: string;
  readonly bytes: number;
  readonly answer: number | 'cut';
}

/** Our interface as a page sees it (CORS as of contract §2 and §3), which writes down what it is told and answers as the test says; and a site beside it. */
export const startRecorder = async () => {
  const calls: Call[] = [];
  const answers: (number | 'cut')[] = [];
  let heard = () => {};
  let failed: unknown;
  const preflights: string[] = [];

  const api = createServer((request, response) => {
    answerTo(request, response).catch((error) => {
      failed = error;
      heard();
      response.destroy();
    });
  });
  const answerTo = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://api.test');
    const cors = { 'Access-Control-Allow-Origin': request.headers.origin ?? '*', Vary: 'Origin' };
    if (url.pathname === '/v1/a.js')
      return response.writeHead(200, { 'Content-Type': 'text/javascript; charset=utf-8' }).end(loaderText);
    if (request.method === 'OPTIONS') {
      preflights.push(url.pathname);
      return response
        .writeHead(204, {
          ...cors,
          'Access-Control-Allow-Methods': 'POST',
          'Access-Control-Allow-Headers': 'Authorization, Content-Type',
        })
        .end();
    }
    const said = await text(request);
    const answer = answers.shift() ?? (url.pathname === '/v1/identify' ? 200 : 202);
    calls.push({
      path: url.pathname,
      key: request.headers.authorization ?? `k=${url.searchParams.get('k')}`,
      type: request.headers['content-type'] ?? '',
      bytes: Buffer.byteLength(said),
      answer,
      ...bodyShape.parse(JSON.parse(said)),
    });
    heard();
    if (answer === 'cut') return request.socket.destroy();
    const body =
      answer < 300
        ? { ok: true }
        : {
            error: answer === 403 ? 'origin_not_allowed' : 'said_no',
            message: `The recorder says ${answer}.`,
          };
    response.writeHead(answer, { ...cors, 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  };
  const apiUrl = await listening(api);

  const site = await startSite();

  return {
    api: apiUrl,
    site: site.origin,
    preflights,
    calls,
    /** How the next POSTs are answered, in order; after that all are taken. */
    answer: (...next: readonly (number | 'cut')[]) => answers.push(...next),
    serve: site.serve,
    /** Resolves once so many POSTs have arrived since the last `forget`. */
    until: async (count: number): Promise<readonly Call[]> => {
      while (calls.length < count) {
        await new Promise<void>((resolve) => (heard = resolve));
        if (failed !== undefined) throw failed;
      }
      return calls;
    },
    forget: () => {
      calls.length = 0;
      answers.length = 0;
      preflights.length = 0;
    },
    stop: () => Promise.all([stopped(api), site.stop()]),
  };
};

/** All events of these calls that were kept, whichever way they came. */
export const eventsOf = (calls: readonly Call[]): readonly Said[] =>
  calls.filter((call) => call.answer === 202).flatMap((call) => call.events ?? []);
