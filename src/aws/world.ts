import type { World } from '../ports.ts';
import { athena, dynamo, firehose, s3, secrets } from './clients.ts';
import { openCountries } from './country.ts';
import { openDelivered } from './delivered.ts';
import { openEngine } from './engine.ts';
import { type Environment, settingsIn } from './environment.ts';
import { openLedger } from './ledger.ts';
import { openPepper } from './pepper.ts';
import { prefixes } from './settings.ts';
import { openSink } from './sink.ts';
import { openStore } from './store.ts';
import { once, surroundings, wait } from './surroundings.ts';

/** Below API Gateway’s 29 s, so that a question’s own 504 comes first. */
const questionTimeMs = 25_000;

/**
 * The world of a function in AWS. Each port is made when it is first used, with one client per service, so a function needs the settings and permissions only of what it uses.
 * `folder`: where the tables of countries lie, by default beside the code that runs.
 */
export const cloud = (environment: Environment = process.env, folder: string = import.meta.dirname): World => {
  const setting = settingsIn(environment);
  const { clock, random, log } = surroundings();
  const bucket = once(() => ({ client: s3(environment), bucket: setting('lakeBucket') }));
  const ledger = once(() => openLedger({ client: dynamo(), table: setting('table') }));
  const pepper = once(() => openPepper({ client: secrets(), secret: setting('pepperSecret'), clock }));
  const store = once(() => openStore({ ...bucket(), prefix: prefixes.store }));
  const sink = once(() =>
    openSink({ stream: { client: firehose(), name: setting('stream'), random, wait }, spill: openStore({ ...bucket(), prefix: prefixes.spill }), log }),
  );
  const engine = once(() => {
    const delivered = openDelivered({ ...bucket(), clock });
    return openEngine({ client: athena(), workgroup: setting('workgroup'), database: setting('database'), delivered, clock, random, wait, log });
  });
  return {
    get sink() {
      return sink();
    },
    get engine() {
      return engine();
    },
    get ledger() {
      return ledger();
    },
    get store() {
      return store();
    },
    pepper: () => pepper()(),
    country: openCountries(folder, log),
    clock,
    random,
    log,
    lake: 'raw',
    questionTimeMs,
  };
};
