import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { trino } from './client.ts';

const noNodes = {
  error: {
    errorName: 'NO_NODES_AVAILABLE',
    errorType: 'INSUFFICIENT_RESOURCES',
    message: 'No nodes available to run query',
  },
};
const one = { columns: [{ name: 'n', type: 'integer' }], data: [[1]] };
const wrong = { error: { errorName: 'SYNTAX_ERROR', errorType: 'USER_ERROR', message: 'line 1:1' } };

/** A server that gives these answers one after another, the last for ever, and how often it was asked. */
async function answering(...answers: readonly object[]): Promise<{ url: string; asked: () => number }> {
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    response.end(JSON.stringify(answers[Math.min(asked, answers.length) - 1]));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return { url: `http://127.0.0.1:${isPort(address) ? address.port : 0}`, asked: () => asked };
}

const isPort = (address: unknown): address is AddressInfo => typeof address === 'object' && address !== null;

test('a statement refused because no node has announced itself is sent again', async () => {
  const { url, asked } = await answering(noNodes, noNodes, one);
  expect((await trino('select 1', { url })).rows).toEqual([[1]]);
  expect(asked()).toBe(3);
});

test('it is not sent for ever, nor when anything else was wrong', async () => {
  const never = await answering(noNodes);
  await expect(trino('select 1', { url: never.url }, 2)).rejects.toThrow('No nodes available');
  expect(never.asked()).toBe(3);
  const refused = await answering(wrong, one);
  await expect(trino('selct 1', { url: refused.url })).rejects.toThrow('line 1:1');
  expect(refused.asked()).toBe(1);
});
