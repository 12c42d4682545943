import type { World } from '../ports.ts';
import { dynamo, secrets } from './clients.ts';
import { type Environment, settingsIn } from './environment.ts';
import { openCloudLedger } from './ledger.ts';
import { openPepper } from './pepper.ts';
import { surroundings } from './surroundings.ts';

/** Where accounts, projects and keys are: what the authorizer and the first start need. Apart from the world, so that their bundles hold nothing else. */
export const keyRoom = (
  environment: Environment = process.env,
): Pick<World, 'ledger' | 'pepper' | 'clock' | 'random'> => {
  const setting = settingsIn(environment);
  const { clock, random } = surroundings();
  const ledger = openCloudLedger({ client: dynamo(), table: setting('table') });
  return {
    ledger,
    pepper: openPepper({ client: secrets(), secret: setting('pepperSecret'), clock }),
    clock,
    random,
  };
};
