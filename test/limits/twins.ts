import { afterAll } from 'vitest';
import { knownTerms, type Terms } from '../../src/access/plans.ts';
import type { Principal } from '../../src/access/principal.ts';
import type { Counters } from '../../src/ports.ts';
import { openDynamo } from '../aws/dynamo.ts';
import { countersInMemory } from '../counters.ts';

const dynamo = await openDynamo();
afterAll(() => dynamo.close());
const inMemory = countersInMemory();

/** Both twins of the counters; each call gives them as one more process has them. */
export const twins: readonly (readonly [string, (clock: () => number) => Counters])[] = [
  ['SQLite', () => inMemory],
  ['DynamoDB', (clock) => dynamo.counters(clock)],
];

let accounts = 0;
/** The sk_ key of a new account with a project of its own, on these terms. */
export const keyOn = (terms: Partial<Terms>, key = 'sk_live_AbCd1234'): Principal => {
  const n = ++accounts;
  return {
    ...{ key, kind: 'sk', env: 'live', scope: '', accountId: `acc_${n}`, plan: 'mine' },
    terms: { ...knownTerms('unlimited'), ...terms },
    project: { id: `prj_${n}`, slug: 'shop', timezone: 'UTC', allowedOrigins: [] },
  };
};
