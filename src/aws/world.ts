import type { IntakeWorld, QuestionWorld } from '../ports.ts';
import { athena, dynamo, firehose, s3 } from './clients.ts';
import { openCountries } from './country.ts';
import { openDelivered } from './delivered.ts';
import { openEngine } from './engine.ts';
import { type Environment, settingsIn } from './environment.ts';
import { openLedger } from './ledger.ts';
import { prefixes, settingNames } from './settings.ts';
import { openSink } from './sink.ts';
import { openStore } from './store.ts';
import { once, surroundings, wait } from './surroundings.ts';

/** Below API Gateway’s 29 s, so that a question’s own 504 comes first. */
const questionTimeMs = 25_000;

/**
 * The world of a function that takes events. As in the other two, each port is made when it is first used, with one client per service, so a function needs the settings and
 * permissions only of what it uses; and there are three so that no bundle holds a client that its function has no use for.
 * `folder`: where the tables of countries lie, by default beside the code that runs.
 */
export const intakeWorld = (environment: Environment = process.env, folder: string = import.meta.dirname): IntakeWorld => {
  const means = meansIn(environment);
  const { clock, random, log } = means;
  const sink = sinkOf(means);
  return {
    get sink() {
      return sink();
    },
    get ledger() {
      return means.ledger();
    },
    country: openCountries(folder, log),
    ...edgeIn(environment),
    clock,
    random,
    log,
  };
};

/** The world of a function that answers questions. */
export const questionWorld = (environment: Environment = process.env): QuestionWorld => {
  const means = meansIn(environment);
  const { clock, random, log } = means;
  const engine = engineOf(means);
  return {
    get engine() {
      return engine();
    },
    get ledger() {
      return means.ledger();
    },
    clock,
    random,
    log,
    lake: 'raw',
    questionTimeMs,
  };
};

/** The world of the function that agents speak to, which does both. */
export const agentWorld = (environment: Environment = process.env, folder: string = import.meta.dirname): IntakeWorld & QuestionWorld => {
  const means = meansIn(environment);
  const { clock, random, log } = means;
  const sink = sinkOf(means);
  const engine = engineOf(means);
  return {
    get sink() {
      return sink();
    },
    get engine() {
      return engine();
    },
    get ledger() {
      return means.ledger();
    },
    country: openCountries(folder, log),
    clock,
    random,
    log,
    lake: 'raw',
    questionTimeMs,
  };
};

/** An API of API Gateway’s own stands behind no edge, so the stack says nothing here; who puts one before it tells the function which header it always sets. */
const edgeIn = (environment: Environment): Pick<IntakeWorld, 'countryHeader'> => {
  const header = environment[settingNames.countryHeader];
  return header ? { countryHeader: header.toLowerCase() } : {};
};

/** What the ports are made of. */
const meansIn = (environment: Environment) => {
  const setting = settingsIn(environment);
  return {
    ...surroundings(),
    setting,
    bucket: once(() => ({ client: s3(environment), bucket: setting('lakeBucket') })),
    ledger: once(() => openLedger({ client: dynamo(), table: setting('table') })),
  };
};
type Means = ReturnType<typeof meansIn>;

const sinkOf = ({ setting, bucket, random, log }: Means) =>
  once(() =>
    openSink({ stream: { client: firehose(), name: setting('stream'), random, wait }, spill: openStore({ ...bucket(), prefix: prefixes.spill }), log }),
  );

const engineOf = ({ setting, bucket, clock, random, log }: Means) =>
  once(() => {
    const delivered = openDelivered({ ...bucket(), clock });
    return openEngine({ client: athena(), workgroup: setting('workgroup'), database: setting('database'), delivered, clock, random, wait, log });
  });
