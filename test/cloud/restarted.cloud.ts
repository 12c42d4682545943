import { expect, test } from 'vitest';
import { send } from '../e2e/exchange.ts';
import { ask, own } from '../e2e/run.ts';
import { command, place } from './place.ts';

const at = place();

test('a cloud that is restarted while events come loses none that it acknowledged', async () => {
  const event = own('restarted');
  const acknowledged: string[] = [];
  const sendOne = async (n: number): Promise<string> => {
    const body = { event, anonymous_id: 'a', event_id: `${event}-${n}` };
    const said = await send(at, { path: '/v1/track', key: at.saved.keys.sk, body }).then(
      ({ status, text }) => `${status} ${text}`,
      (thrown: unknown) => String(thrown),
    );
    if (said.startsWith('202')) acknowledged.push(String(n));
    return said;
  };
  for (let n = 0; n < 5; n++) expect(await sendOne(n)).toMatch('202');
  let over = false;
  const restarted = command({ restart: true }).finally(() => {
    over = true;
  });
  const meanwhile: string[] = [];
  for (let n = 5; !over; n++) meanwhile.push(await sendOne(n));
  await restarted;
  expect(meanwhile.some((said) => !said.startsWith('202'))).toBe(true);
  for (let n = 10_000; n < 10_005; n++) expect(await sendOne(n)).toMatch('202');
  const { rows } = await ask(at, 'query', { event, limit: 1000 });
  const found = rows.map(({ event_id: id }) => String(id).split('-').at(-1));
  expect(acknowledged.filter((n) => !found.includes(n))).toEqual([]);
  expect(new Set(found).size).toBe(found.length);
});
