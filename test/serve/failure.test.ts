import { describe, expect, test } from 'vitest';
import { blotted, logFailure } from '../../src/serve/failure.ts';

describe('what a failure’s log line leaves out', () => {
  test.each([
    [
      'a key from anywhere',
      'no sk_live_AbCd1234_0123456789abcdefghijABCDEFGHIJ here',
      [],
      'no sk_live_AbCd1234_… here',
    ],
    ['a header that came', 'bad token my-session-cookie!', ['my-session-cookie'], 'bad token …!'],
    [
      'a part of the body, as parsers quote it',
      'Unexpected token, "{"name":"Ada Lovela"... is not JSON',
      ['{"name":"Ada Lovelace"}'],
      'Unexpected token, "…"... is not JSON',
    ],
    ['an address shorter than a run', 'from 1.2.3.4', ['1.2.3.4'], 'from …'],
    ['nothing of a value that says nothing', 'cannot read 50 rows', ['50', '*'], 'cannot read 50 rows'],
    [
      'nothing else',
      'cannot read properties of undefined',
      ['{"event":"sign_up"}'],
      'cannot read properties of undefined',
    ],
  ])('%s', (_, text, sent, left) => {
    const lines: unknown[] = [];
    const keep = (_: string, fields?: unknown) => lines.push(fields);
    logFailure(
      { info: keep, warn: keep, error: keep },
      Object.assign(new Error(), { stack: text }),
      'r1',
      sent,
    );
    expect(lines).toEqual([{ request_id: 'r1', failure: [left] }]);
  });

  test('causes are told too, and what is no error only by its type', () => {
    const lines: string[] = [];
    const keep = (_: string, fields?: unknown) => lines.push(JSON.stringify(fields));
    logFailure(
      { info: keep, warn: keep, error: keep },
      new Error('outer', { cause: new Error('inner', { cause: 'sk' }) }),
      'r1',
      [],
    );
    expect(lines[0]).toMatch(/outer.*inner.*thrown: string/);
  });

  test('a long body does not make it slow', () => {
    const body = 'abcdefg '.repeat(500_000);
    expect(blotted('x'.repeat(4_000), [body.slice(0, 65_536)])).toHaveLength(4_000);
  });
});
