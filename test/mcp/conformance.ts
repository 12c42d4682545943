import { startProduct } from '../local/product.ts';
import {
  accountExpectations,
  type Expectations,
  fixtureExpectations,
  productExpectations,
} from './expectations.ts';
import { fixtureHost } from './fixtures.ts';
import { googleReads } from './google.ts';
import { inspectorAgrees } from './inspector.ts';
import { clientAgrees, officialClients } from './official-clients.ts';
import { installPeers } from './peers.ts';
import { addHeaders, serveMcp } from './serve.ts';
import { judgeRevision, judgeScenario, type Verdict } from './suite.ts';

/** Scenarios that ask nothing of a server but that it keeps to the protocol, by revision. */
const plain = {
  '2025-11-25': [
    'server-initialize',
    'ping',
    'tools-list',
    'resources-list',
    'prompts-list',
    'dns-rebinding-protection',
    'server-sse-multiple-streams',
  ],
  '2026-07-28': [
    'tools-list',
    'resources-list',
    'prompts-list',
    'dns-rebinding-protection',
    'caching',
    'sep-2164-resource-not-found',
    'server-sse-multiple-streams',
    'http-header-validation',
    'input-required-result-unsupported-methods',
    'input-required-result-missing-input-response',
    'input-required-result-ignore-extra-params',
    'input-required-result-validate-input',
    'server-stateless',
  ],
} as const;

const count = { passed: 0, failed: 0, skipped: 0 };

const report = (line: string, verdict: Verdict, right: boolean): void => {
  console.log(`${right ? '✓' : '✗'} ${line}`);
  if (!right) console.log(verdict.output);
};

/** The core with everything the suite looks for. */
const fixtures = async (): Promise<void> => {
  const bugs: unknown[] = [];
  const served = await serveMcp(fixtureHost(bugs));
  for (const { revision, of, least, expected } of [
    { revision: '2026-07-28', of: 37, least: 37, expected: undefined },
    { revision: '2025-11-25', of: 30, least: 26, expected: './expected-failures.yml' },
  ]) {
    const verdict = await judgeRevision(served.url, revision, expected);
    const passed = [...verdict.scored.values()].filter(Boolean).length;
    const right = verdict.asExpected && verdict.scored.size === of && passed >= least;
    report(`fixtures, ${revision}: ${passed}/${verdict.scored.size}`, verdict, right);
    count.passed += passed;
    // A stale expectation fails the run though no scenario did.
    if (right) count.skipped += of - passed;
    else count.failed += Math.max(1, of - passed);
  }
  for (const era of ['legacy', 'modern'] as const)
    await agrees(`fixtures: Inspector, ${era}`, inspectorAgrees(era, served.url, {}, fixtureExpectations));
  await served.close();
  if (bugs.length > 0) {
    count.failed += bugs.length;
    console.log('✗ thrown by mistake:', bugs);
  }
};

/** An endpoint of a running product as its users meet it, with a key of theirs. */
const product = async (endpoint: string, key: string, expected: Expectations): Promise<void> => {
  const { pathname } = new URL(endpoint);
  const headers = { authorization: `Bearer ${key}` };
  const proxy = await addHeaders(endpoint, headers);
  for (const [revision, scenarios] of Object.entries(plain)) {
    for (const scenario of scenarios) {
      const failures = scenario === 'server-stateless' ? './expected-failures-product.yml' : undefined;
      const verdict = await judgeScenario(proxy.url, revision, scenario, failures);
      report(`${pathname}, ${revision}: ${scenario}`, verdict, verdict.asExpected);
      count[verdict.asExpected ? 'passed' : 'failed'] += 1;
    }
  }
  await proxy.close();
  for (const official of officialClients)
    await agrees(`${pathname}: ${official.name}`, clientAgrees(official, endpoint, headers, expected));
  await agrees(`${pathname}: google-genai reads every tool`, googleReads(endpoint, headers));
  for (const era of ['legacy', 'modern'] as const)
    await agrees(`${pathname}: Inspector, ${era}`, inspectorAgrees(era, endpoint, headers, expected));
};

const agrees = async (who: string, agreement: Promise<void>): Promise<void> => {
  try {
    await agreement;
    console.log(`✓ ${who}`);
    count.passed += 1;
  } catch (error) {
    console.log(`✗ ${who}`, error);
    count.failed += 1;
  }
};

installPeers();
await fixtures();
/** The product at MILLIMETRIC_URL with MILLIMETRIC_KEY and, for an account, MILLIMETRIC_ACCOUNT_KEY; else one of our own. */
const { MILLIMETRIC_URL: url, MILLIMETRIC_KEY: key, MILLIMETRIC_ACCOUNT_KEY: accountKey } = process.env;
if (url !== undefined && key !== undefined) {
  await product(`${url.replace(/\/$/, '')}/mcp`, key, productExpectations);
  if (accountKey !== undefined) await product(`${url}/mcp/account`, accountKey, accountExpectations);
} else {
  const running = await startProduct();
  await product(`${running.url}/mcp`, running.keys.rk, productExpectations);
  await product(`${running.url}/mcp/account`, running.keys.ak, accountExpectations);
  await running.stop();
}
console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
process.exitCode = count.failed === 0 ? 0 : 1;
