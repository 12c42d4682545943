import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { linesIn, longestLine } from '../../src/cli/lines.ts';
import { sourceOf } from '../../src/cli/source.ts';
import { bytes, file } from './desk.ts';

const all = async (chunks: AsyncIterable<Uint8Array>): Promise<readonly string[]> => {
  const lines: string[] = [];
  for await (const some of linesIn(chunks)) lines.push(...some);
  return lines;
};

describe('bytes become lines', () => {
  test.each([
    ['as they come', ['a\nb\n'], ['a', 'b']],
    ['without a last line end', ['a\nb'], ['a', 'b']],
    ['with Windows line ends', ['a\r\nb\r\n'], ['a', 'b']],
    ['with empty ones between', ['a\n\nb\n'], ['a', '', 'b']],
    ['cut anywhere', ['a', 'b\nc', '', 'd\n', 'e'], ['ab', 'cd', 'e']],
    ['without a byte order mark', ['\ufeffa\n'], ['a']],
    ['from nothing', [], []],
  ])('%s', async (_, chunks, lines) => {
    expect(await all(bytes(...chunks))).toEqual(lines);
  });

  test('a letter cut in the middle of its bytes is one letter', async () => {
    const [first, second] = [Buffer.from('é').subarray(0, 1), Buffer.from('é').subarray(1)];
    expect(await all(bytes('caf', first, second, '\n'))).toEqual(['café']);
  });

  test('a line without end keeps its beginning and loses no other', async () => {
    const long = 'x'.repeat(longestLine + 10);
    expect(await all(bytes('a\n', long, long, 'y\nb\n'))).toEqual(['a', 'x'.repeat(1000), 'b']);
  });
});

describe('gzip is seen from its first bytes', () => {
  const text = 'one\ntwo\n';
  const packed = gzipSync(text);
  test.each([
    ['in a file', file('log.gz', packed), bytes()],
    ['in a file named otherwise', file('log', packed), bytes()],
    [
      'in two members, as appended logs are',
      file('log.gz', Buffer.concat([gzipSync('one\n'), gzipSync('two\n')])),
      bytes(),
    ],
    ['on standard input, in single bytes', '-', bytes(...Array.from(packed, (byte) => Uint8Array.of(byte)))],
    ['and plain text is left alone', file('log.gz', text), bytes()],
    ['as it is on standard input', '-', bytes('o', 'ne\ntwo\n')],
  ])('%s', async (_, name, stdin) => {
    expect(await all((await sourceOf(name, stdin)).open(() => {}))).toEqual(['one', 'two']);
  });

  test('a source of one byte, or none, is text', async () => {
    expect(await all((await sourceOf('-', bytes('a'))).open(() => {}))).toEqual(['a']);
    expect(await all((await sourceOf('-', bytes())).open(() => {}))).toEqual([]);
  });

  test('a file that was cut says so', async () => {
    const source = await sourceOf(file('cut.gz', packed.subarray(0, -4)), bytes());
    await expect(all(source.open(() => {}))).rejects.toThrow(/cut\.gz: the file is cut off/);
  });
});
