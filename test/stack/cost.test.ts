import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { type Bill, billOf } from '../../lib/cost/bill.ts';
import { cloudOf, templateOf } from '../../lib/cost/cloud.ts';
import { habits } from '../../lib/cost/habits.ts';
import { flowOf, gb, gbSeconds, type Load, logGb, renewals, traced } from '../../lib/cost/load.ts';
import { answerTo } from '../../lib/cost/order.ts';
import { money, readmeCost, usual, verdicts } from '../../lib/cost/page.ts';
import { dollarsFor, type Priced, prices } from '../../lib/cost/prices.ts';
import { pagesOfDay, readingsOf } from '../../lib/cost/reading.ts';

const cloud = cloudOf(templateOf());
const load = (given: Partial<Load> = {}): Load => ({ ...usual, events: 1e6, ...given });
const bill = (given: Partial<Load> = {}): Bill => billOf(cloud, load(given));
const units = ({ lines }: Bill, of: string, price: Priced, what: string): number =>
  lines.find((line) => line.of === of && line.price === price && line.what === what)?.units ?? Number.NaN;

describe('the stack’s own part of a bill', () => {
  test('is read off its template', () => {
    expect(cloud).toMatchObject({
      memoryMiB: { authorizer: 512, collect: 1024, mcp: 1024, site: 256, drain: 1769 },
      verdictSeconds: 60,
      bufferSeconds: 60,
      bufferMiB: 128,
      drainEverySeconds: 300,
      traces: { eachSecond: 0, share: 0.01 },
      drainTraced: true,
      cutoffBytes: 100e9,
      firstDay: '2026-01-01',
      secrets: 1,
      alarms: 9,
      dashboards: 1,
      firewallRules: undefined,
    });
  });

  test('grows with its props: a firewall is $6 a month and $0.60 a million requests', () => {
    const behind = billOf(cloudOf(templateOf({ waf: { requestsPerFiveMinutes: 100 } })), load());
    // 50,000 requests and 1,000 questions.
    expect(behind.services.WAF).toBeCloseTo(6.0306, 9);
    expect(bill().services).not.toHaveProperty('WAF');
  });

  test('as many events travel together as the loader sends at once', () => {
    const [, most] =
      /queue\.slice\(start, start \+ (\d+)\)/.exec(readFileSync('src/browser/loader.js', 'utf8')) ?? [];
    expect(Number(most)).toBe(habits.eventsPerRequest);
  });
});

describe('a price', () => {
  test.each<readonly [Priced, number, number]>([
    ['apiRequest', 1e6, 3.5],
    // 333 M at $3.50, 167 M at $2.80.
    ['apiRequest', 500e6, 1165.5 + 467.6],
    ['firehoseIn', 1, 0.029],
    // 500 TB at $0.029 a GB, 1 TB at $0.025.
    ['firehoseIn', 501 * 1024, 500 * 1024 * 0.029 + 1024 * 0.025],
    ['athenaRead', 1e12, 5],
    ['dashboard', 1, 3],
    ['s3Write', 0, 0],
  ])('of %s for %d units is $%d', (name, many, dollars) => {
    expect(dollarsFor(prices[name], many)).toBeCloseTo(dollars, 6);
  });

  test.each(Object.entries(prices))(
    'of %s has a source at AWS, and steps that go up',
    (_, { source, ...price }) => {
      expect(source).toMatch(/^https:\/\/aws\.amazon\.com\/\S+\/pricing\//);
      const ends = price.steps.map((step) => ('upTo' in step ? step.upTo : Number.POSITIVE_INFINITY));
      expect(ends).toEqual(ends.toSorted((a, b) => a - b));
      expect(ends.at(-1)).toBe(Number.POSITIVE_INFINITY);
    },
  );
});

describe('on the way', () => {
  test('20 events of 700 bytes are one record of 14,020 bytes, billed as three steps of 5 KB; alone each is billed as one', () => {
    expect(flowOf(cloud, load({ events: 20 }))).toMatchObject({ requests: 1, billedBytes: 3 * 5120 });
    expect(flowOf(cloud, load({ events: 20, perRequest: 1 }))).toMatchObject({
      requests: 20,
      billedBytes: 20 * 5120,
    });
  });
  test('1,000 events are two records of 500, each 350,500 bytes, so 69 steps', () => {
    expect(flowOf(cloud, load({ events: 1000, perRequest: 1000 })).billedBytes).toBe(2 * 69 * 5120);
  });
  test('what is good for a minute and wanted once a minute is renewed every other minute', () => {
    expect(renewals(43_200, 60)).toBe(21_600);
    // However much it is wanted, it is renewed once a minute at most.
    expect(renewals(1e12, 60)).toBeCloseTo(43_200, 2);
  });
  test('Firehose writes a file a minute, or one per 128 MiB', () => {
    expect(flowOf(cloud, load({ events: 43_200, perRequest: 1 })).files).toBe(21_600);
    const full = flowOf(cloud, load({ events: 1e10 }));
    expect(full.files).toBeCloseTo((500e6 * 14_020) / (128 * 2 ** 20), 3);
  });
  test('a stored event is a seventh of its JSON, and each file has 5,500 bytes besides', () => {
    expect(flowOf(cloud, load({ events: 43_200, perRequest: 1 })).storedBytes).toBeCloseTo(
      43_200 * 100 + 21_600 * 5500,
      3,
    );
  });
  test('X-Ray records one request in a hundred; by AWS’s own rule it would be one a second and a twentieth of the rest', () => {
    expect(traced(cloud, 1000)).toBe(10);
    const usual = { traces: { eachSecond: 1, share: 0.05 } };
    expect(traced(usual, 1000)).toBe(1000);
    expect(traced(usual, 2 * habits.monthSeconds)).toBeCloseTo(1.05 * habits.monthSeconds, 3);
  });
  test('Lambda bills memory times time, starts included: 1,000 runs of 35 ms and ten starts of 500 ms on 1 GiB are 40 GB-seconds', () => {
    expect(gbSeconds(1000, 35, 1024)).toBeCloseTo(40, 9);
    expect(gbSeconds(1000, 35, 512)).toBeCloseTo(20, 9);
  });
  test('CloudWatch bills each line with 26 bytes besides', () => {
    const plain = { ...cloud, accessLog: '$context.status' };
    expect(logGb(plain, { gateway: 1, runs: 0, doors: 0 }) * gb).toBeCloseTo(10 + 26, 6);
    expect(logGb(plain, { gateway: 0, runs: 1, doors: 0 }) * gb).toBeCloseTo(330 + 3 * 26, 6);
    expect(logGb(plain, { gateway: 0, runs: 0, doors: 1, ours: 2 }) * gb).toBeCloseTo(2 * (230 + 26), 6);
  });
});

describe('a million events and 1,000 questions', () => {
  const month = bill();
  // 50,000 requests at random, one minute each: so many verdicts, and so many files.
  const minutes = 50_000 / (1 + (50_000 / 2_592_000) * 60);
  const asked = 1_000 / (1 + (1_000 / 2_592_000) * 60);
  const pepper = (verdicts: number) => verdicts / (1 + (verdicts / 2_592_000) * 300) + verdicts / 100;
  const { usual: once, funnel } = month.readings;
  const all = (usual: number, everything: number) => 900 * usual + 100 * everything;
  const logged = (gateway: number, runs: number, doors: number, ours: number) =>
    logGb(cloud, { gateway, runs, doors, ours });

  test.each<readonly [string, Priced, string, number]>([
    ['events', 'apiRequest', 'requests and preflights', 50_000],
    ['events', 'lambdaRun', 'collect', 50_000],
    // 30 ms and a hundredth of 500 ms, on 1 GiB.
    ['events', 'lambdaTime', 'collect', 1_750],
    ['events', 'lambdaRun', 'authorizer', minutes],
    // 15 ms and a hundredth of 500 ms, on half a GiB.
    ['events', 'lambdaTime', 'authorizer', minutes * 0.01],
    ['events', 'dynamoRead', 'keys', minutes],
    ['events', 'secretRead', 'the pepper, every five minutes and at each start', pepper(minutes)],
    ['events', 'dynamoRead', 'the day’s salt, once an instance', 500],
    ['events', 'firehoseIn', 'records', (50_000 * 15_360) / 2 ** 30],
    ['events', 'firehoseParquet', 'records', (50_000 * 15_360) / 2 ** 30],
    ['events', 's3Write', 'files written', minutes],
    ['events', 's3Kept', 'events', (1e6 * 100 + minutes * 5_500) / 2 ** 30],
    ['events', 'logIn', 'requests', logged(50_000, 50_000 + minutes, 50_000, 1)],
    ['events', 'logKept', 'requests', logged(50_000, 50_000 + minutes, 50_000, 1)],
    ['events', 'trace', 'requests', 500],
    ['events', 'sent', 'answers', (50_000 * 800) / 2 ** 30],
    ['questions', 'apiRequest', 'questions through /mcp', 1_000],
    ['questions', 'lambdaRun', 'mcp', 1_000],
    // 3 s, on 1 GiB.
    ['questions', 'lambdaTime', 'mcp, waiting for Athena', 3_005],
    ['questions', 'lambdaRun', 'authorizer', asked],
    ['questions', 'secretRead', 'the pepper, every five minutes and at each start', pepper(asked)],
    ['questions', 'athenaRead', 'bytes of the raw level', all(once.bytes, funnel.bytes)],
    ['questions', 's3Read', 'files, by Athena', all(once.gets, funnel.gets)],
    ['questions', 's3Write', 'names listed, by Athena', all(once.lists, funnel.lists)],
    // 23,176 files a month are 773 a day: one page of names.
    ['questions', 's3Write', 'how far the lake has come: the day’s names, the first spilled', 2_000],
    ['questions', 'glueCall', 'questions', 2_000],
    ['questions', 'logIn', 'questions', logged(1_000, 1_000 + asked, 1_000, 2)],
    ['questions', 'logKept', 'questions', logged(1_000, 1_000 + asked, 1_000, 2)],
    ['questions', 'trace', 'questions', 10],
    ['questions', 'sent', 'answers', (1_000 * 20_000) / 2 ** 30],
    ['standing', 'secretKept', 'the pepper', 1],
    ['standing', 'alarm', 'alarms', 9],
    ['standing', 'dashboard', 'the dashboard', 1],
    ['standing', 'schedule', 'the drain', 8_640],
    ['standing', 'lambdaRun', 'the drain', 8_640],
    // 100 ms and a hundredth of 500 ms, on half a GiB.
    ['standing', 'lambdaTime', 'the drain', (8_640 * 0.105 * 1769) / 1024],
    ['standing', 's3Write', 'is anything spilled?', 8_640],
    ['standing', 'logIn', 'the drain', logged(0, 8_640, 0, 0)],
    ['standing', 'logKept', 'the drain', logged(0, 8_640, 0, 0)],
    ['standing', 'trace', 'the drain', 8_640],
    ['standing', 'dynamoWrite', 'salts', 120],
  ])('need for %s of %s for %s: %d', (of, price, what, wanted) => {
    expect(units(month, of, price, what) / wanted).toBeCloseTo(1, 9);
  });

  test('keep two months of events where two are kept', () => {
    const kept = (months: number) => units(bill({ months }), 'events', 's3Kept', 'events');
    expect(kept(2) / kept(1)).toBeCloseTo(2, 9);
  });

  test('share the steps of a price: nobody pays the dear first step twice', () => {
    const large = bill({ events: 1e10, questions: 1e6 });
    const requests = large.lines.filter(({ price }) => price === 'apiRequest');
    // 501 M requests: 333 M at $3.50, 168 M at $2.80.
    expect(requests.reduce((sum, { dollars }) => sum + dollars, 0)).toBeCloseTo(1165.5 + 470.4, 6);
  });

  test('are the sum of their lines, by service and by purpose', () => {
    const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
    expect(sum(Object.values(month.services))).toBeCloseTo(month.total, 9);
    expect(sum(Object.values(month.parts))).toBeCloseTo(month.total, 9);
    expect(sum(month.lines.map(({ dollars }) => dollars))).toBeCloseTo(month.total, 9);
  });

  test('get the alarms, the dashboard and small logs for nothing, where the account has no others', () => {
    const still = bill({ events: 20, questions: 0 });
    // 8 × $0.10 and $3; all runs, traces and lines are within what is free; the secret is not.
    expect(still.free).toBeGreaterThan(3.8);
    expect(still.total - still.free).toBeGreaterThan(0.4);
    expect(still.total - still.free).toBeLessThan(1);
  });
});

describe('a question', () => {
  // Two files each day, of 60 × 1/7 MB of rows and 5,500 bytes.
  const twice = { requests: 60, billedBytes: 0, files: 60, storedBytes: 60e6 };
  test('about 7 days lists those, the 7 days before (repeats), 20 minutes, and the day to come', () => {
    const { usual, funnel } = readingsOf(cloud, load(), twice);
    // At noon: 14 days ago, of which the 20 minutes before noon are wanted and all is read; 13 days; this one, half over; the one to come.
    expect([usual.lists, usual.gets, usual.bytes]).toEqual([16, 29, 29e6]);
    // Besides: the 324 days since the first of January, this one, and the one to come; 30 of them hold files.
    expect(funnel.lists).toBe(16 + 326);
    expect(funnel.gets).toBe(29 + 60);
    expect(readingsOf(cloud, load({ months: 2 }), twice).funnel.gets).toBe(29 + 2 * 60);
  });
  test('lists a day of one file a minute in two pages of 1,000 names, and a day without files in one', () => {
    const { usual, funnel } = readingsOf(cloud, load(), { ...twice, files: 30 * 1_440 });
    expect([usual.lists, funnel.lists]).toEqual([16 + 15, 16 + 15 + 326 + 30]);
    expect([0, 1, 1_000, 1_001, 2_001].map((daily) => pagesOfDay(30 * daily))).toEqual([1, 1, 1, 2, 3]);
  });
  test('reads files over 3 MiB in twelve pieces and 65 % of their bytes', () => {
    const { usual } = readingsOf(cloud, load(), { ...twice, storedBytes: 600e6 });
    expect([usual.gets, usual.bytes]).toEqual([29 * 12, 290e6 * 0.65]);
  });
  test('is billed 10 MB at least, and stopped at the workgroup’s limit', () => {
    expect(readingsOf(cloud, load(), { ...twice, storedBytes: 60 }).usual).toMatchObject({
      bytes: 10e6,
      stopped: false,
    });
    const { usual } = readingsOf({ ...cloud, cutoffBytes: 14.5e6 }, load(), twice);
    expect(usual).toMatchObject({ bytes: 14.5e6, gets: 14.5, stopped: true });
  });
});

test.each<readonly [string, Partial<Load>, Partial<Load>]>([
  ['more events', { events: 1e6 }, { events: 1.1e6 }],
  ['many more events', { events: 1e9 }, { events: 1e10 }],
  ['larger events', { bytes: 700 }, { bytes: 900 }],
  ['fewer in a request', { perRequest: 20 }, { perRequest: 10 }],
  ['one in a request', { perRequest: 2 }, { perRequest: 1 }],
  ['preflights', { preflights: 0 }, { preflights: 0.5 }],
  ['more questions', { questions: 1000 }, { questions: 1001 }],
  ['longer periods', { days: 7 }, { days: 8 }],
  ['more months kept', { months: 1 }, { months: 2 }],
])('%s cost more', (_, less, more) => {
  expect(bill(more).total).toBeGreaterThan(bill(less).total);
});

test('a goal that is missed says so', () => {
  const text = verdicts([bill({ questions: 1000 })]);
  expect(text).toMatch(/1 M events: taking them in \| ≤ \$0\.80 \| \$0\.\d\d \| met/);
  expect(text).toMatch(/and 1,000 questions \| ≤ \$0\.80 \| \$\d+\.\d\d \| MISSED/);
});

test.each([
  [0, '–'],
  [0.001, '< $0.01'],
  [0.185, '$0.19'],
  [99.99, '$99.99'],
  [99.999, '$100'],
  [1633.1, '$1,633'],
])('%d dollars are shown as %s', (dollars, shown) => {
  expect(money(dollars)).toBe(shown);
});

test('the table of docs/aws.md is what the script computes (npm run docs)', () => {
  expect(readFileSync('docs/aws.md', 'utf8')).toContain(
    `<!-- cost: generated -->\n${readmeCost(cloud)}\n<!-- /cost -->`,
  );
});

describe('npm run cost', () => {
  test('prints both ways of sending, goals and grounds', () => {
    const printed = answerTo(['--events', '1e6,1e8', '--bytes', '700', '--questions', '1000']);
    for (const part of [
      '| a month | 1 M events | 100 M events |',
      '**One event a request**',
      '| API Gateway | $0.18 | $17.50 |',
      'There is no compaction',
    ])
      expect(printed).toContain(part);
  });
  test('prints JSON where asked', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      'bin/cost.ts',
      '--events',
      '1e6',
      '--json',
    ]);
    const { together, singly } = JSON.parse(stdout);
    expect([together[0].load.perRequest, singly[0].load.perRequest]).toEqual([20, 1]);
  });
  test('prints every line where asked', () => {
    expect(answerTo(['--events', '1e6', '--lines'])).toContain(
      '| Firehose | events | records | 0.7153 | GB converted, rounded likewise | $0.01 |',
    );
  });
  test('knows what a longer buffer and a firewall would change', () => {
    const sumIn = (printed: string) =>
      Number(/\*\*sum, at list prices\*\* \| \*\*\$([\d.]+)\*\*/.exec(printed)?.[1]);
    const plain = sumIn(answerTo(['--events', '1e6']));
    expect(sumIn(answerTo(['--events', '1e6', '--buffer', '300']))).toBeLessThan(plain);
    expect(sumIn(answerTo(['--events', '1e6', '--waf'])) - plain).toBeCloseTo(6.03, 1);
  });
  test.each([
    [['--events', 'many'], '--events takes numbers with commas between, such as 1e6,1e8; it was many.'],
    [['--bytes', '0'], '--bytes takes a number from 1 on, such as 700; it was "0".'],
    [['--frob'], '--frob'],
  ])('%j is refused with what is allowed', (args, says) => {
    expect(() => answerTo(args)).toThrow(says);
  });
});
