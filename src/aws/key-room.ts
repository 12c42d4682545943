import type { World } from '../ports.ts';
import { dynamo, secrets } from './clients.ts';
import { openCloudCounters } from './counters.ts';
import { type Environment, settingsIn } from './environment.ts';
import { openCloudLedger } from './ledger.ts';
import { openPepper } from './pepper.ts';
import { surroundings } from './surroundings.ts';

/** Where accounts, projects and keys are: what the authorizer and the first start need. Apart from the world, so that their bundles hold nothing else. */
export const keyRoom = (
  environment: Environment = process.env,
): Pick<World, 'ledger' | 'pepper' | 'clock' | 'random'> => roomIn(environment).room;

/** The same with the counters: what administration needs. */
export const adminRoom = (
  environment: Environment = process.env,
): Pick<World, 'ledger' | 'counters' | 'pepper' | 'clock' | 'random'> => {
  const { room, table } = roomIn(environment);
  return { ...room, counters: openCloudCounters({ ...table, ...room }) };
};

const roomIn = (environment: Environment) => {
  const setting = settingsIn(environment);
  const { clock, random } = surroundings();
  const table = { client: dynamo(), table: setting('table') };
  const pepper = openPepper({ client: secrets(), secret: setting('pepperSecret'), clock });
  return { table, room: { ledger: openCloudLedger(table), pepper, clock, random } };
};
