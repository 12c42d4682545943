import { expect, test } from 'vitest';
import { keyId } from '../../src/access/keys.ts';
import { type KeyRecord, keyRecord } from '../../src/access/record.ts';
import { cloudFirstStart } from '../../src/aws/first-start.ts';
import { openBooks } from '../access/books.ts';

/** What docs/security.md says of changing keys and pepper, done on the code that does it. */
const installation = () => {
  const books = openBooks();
  let pepper = Buffer.alloc(64, 1);
  const room = { ...books, pepper: async () => pepper };
  return {
    init: (order: unknown) => cloudFirstStart(room, order),
    /** What the authorizer finds for a key. */
    found: async (key: string): Promise<KeyRecord | undefined> => {
      const item = await room.ledger.read(keyId(key, pepper));
      return item && keyRecord.parse(item.data);
    },
    changePepper: (fill: number) => {
      pepper = Buffer.alloc(64, fill);
    },
  };
};
const keysOf = ({ keys }: Awaited<ReturnType<typeof cloudFirstStart>>): readonly string[] =>
  Object.values(keys ?? {});

test('a changed pepper ends every key at once, and `init --rotate` mints ones that work and revokes the old', async () => {
  const { init, found, changePepper } = installation();
  const before = await init({});
  changePepper(2);
  expect(await Promise.all(keysOf(before).map(found))).toEqual([undefined, undefined, undefined, undefined]);

  const after = await init({ rotate: true });
  await init({ revoke: before.active });
  for (const key of keysOf(after)) expect(await found(key)).toMatchObject({ revoked_at: null });

  // The pepper taken back: what was revoked meanwhile stays so.
  changePepper(1);
  for (const key of keysOf(before)) expect((await found(key))?.revoked_at).toEqual(expect.any(String));
});

test('the pepper before brings the keys before back, as long as nobody revoked them', async () => {
  const { init, found, changePepper } = installation();
  const keys = keysOf(await init({}));
  changePepper(2);
  changePepper(1);
  for (const key of keys) expect(await found(key)).toMatchObject({ revoked_at: null });
});

test('keys minted while the old pepper was still known end with it: hence the wait', async () => {
  const { init, found, changePepper } = installation();
  await init({});
  const early = keysOf(await init({ rotate: true }));
  changePepper(2);
  expect(await Promise.all(early.map(found))).toEqual([undefined, undefined, undefined, undefined]);
});

test('one key is revoked by its name, and the others go on', async () => {
  const { init, found } = installation();
  const begun = await init({});
  const [pk = '', sk = ''] = keysOf(begun);
  await init({ revoke: [sk.split('_').slice(0, 3).join('_')] });
  expect((await found(sk))?.revoked_at).toEqual(expect.any(String));
  expect(await found(pk)).toMatchObject({ revoked_at: null });
});
