import type { IntakeWorld, QuestionWorld } from '../ports.ts';
import { questionTime } from '../serve/time-left.ts';
import { athena, dynamo, firehose, s3 } from './clients.ts';
import { openCloudCounters } from './counters.ts';
import { openCloudCountries } from './country.ts';
import { openDelivered } from './delivered.ts';
import { openCloudEngine } from './engine.ts';
import { type Environment, settingsIn } from './environment.ts';
import { openCloudLedger } from './ledger.ts';
import { prefixes, settingNames } from './settings.ts';
import { openCloudSink } from './sink.ts';
import { openCloudStore } from './store.ts';
import { surroundings, wait } from './surroundings.ts';

/**
 * The world of a function that takes events. As with the other two, all is made at once, with one client per service, since Lambda gives a start more processor than the first
 * request; there are three so that no bundle holds a client that its function has no use for. Throws an Error that names the setting which the stack did not tell.
 * `folder`: where the tables of countries lie, by default beside the code that runs.
 */
export const intakeWorld = (
  environment: Environment = process.env,
  folder: string = import.meta.dirname,
): IntakeWorld => intakeOf(meansIn(environment), folder);

/** The world of a function that answers questions. */
export const questionWorld = (environment: Environment = process.env): QuestionWorld =>
  questionsOf(meansIn(environment));

/** The world of the function that agents speak to, which does both. */
export const agentWorld = (
  environment: Environment = process.env,
  folder: string = import.meta.dirname,
): IntakeWorld & QuestionWorld => {
  const means = meansIn(environment);
  return { ...intakeOf(means, folder), ...questionsOf(means) };
};

const intakeOf = ({ environment, setting, bucket, common }: Means, folder: string): IntakeWorld => {
  const { random, log } = common;
  const stream = { client: firehose(), name: setting('stream'), random, wait };
  return {
    ...common,
    sink: openCloudSink({ stream, spill: openCloudStore({ ...bucket, prefix: prefixes.spill }), log }),
    country: openCloudCountries(folder, log),
    ...edgeIn(environment),
  };
};

const questionsOf = ({ setting, bucket, common }: Means): QuestionWorld => {
  const { clock, random, log } = common;
  const delivered = openDelivered({ ...bucket, clock });
  const asked = { client: athena(), workgroup: setting('workgroup'), database: setting('database') };
  return {
    ...common,
    engine: openCloudEngine({ ...asked, delivered, clock, random, wait, log }),
    lake: 'raw',
    questionTimeMs: questionTime,
  };
};

/** An API of API Gateway’s own stands behind no edge, so the stack says nothing here; who puts one before it tells the function which header it always sets. */
const edgeIn = (environment: Environment): Pick<IntakeWorld, 'countryHeader'> => {
  const header = environment[settingNames.countryHeader];
  return header ? { countryHeader: header.toLowerCase() } : {};
};

/** What the worlds are made of, and what all have in common. */
const meansIn = (environment: Environment) => {
  const setting = settingsIn(environment);
  const around = surroundings();
  const table = { client: dynamo(), table: setting('table') };
  return {
    environment,
    setting,
    bucket: { client: s3(environment), bucket: setting('lakeBucket') },
    common: {
      ...around,
      ledger: openCloudLedger(table),
      counters: openCloudCounters({ ...table, ...around }),
    },
  };
};
type Means = ReturnType<typeof meansIn>;
