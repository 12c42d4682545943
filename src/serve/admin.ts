import { principalOfKey, tokenIn } from '../access/authorize.ts';
import { refusalFor } from '../access/may.ts';
import type { Principal } from '../access/principal.ts';
import { accountOf } from '../accounts/accounts.ts';
import type { Books } from '../accounts/books.ts';
import { booksOnce } from '../accounts/once.ts';
import { countMade } from '../accounts/usage.ts';
import type { World } from '../ports.ts';
import { Problem } from '../problems.ts';
import type { Deed } from '../routes.ts';
import type { Act } from './admin/act.ts';
import { things } from './admin/things.ts';
import type { RoutedRequest } from './asked.ts';
import { challenge } from './cors.ts';
import { door, type Handler, type Told } from './door.ts';

/** What administration needs of the world. */
export type AdminWorld = Pick<
  World,
  'ledger' | 'counters' | 'clock' | 'random' | 'pepper' | 'log' | 'eraser'
>;

/** /v1/admin/*: accounts, projects, keys, plans and the audit, each thing’s deeds as src/serve/admin has them. */
export const administer = (world: AdminWorld): Handler => door(world, (asked) => answer(world, asked));

async function answer(world: AdminWorld, asked: RoutedRequest): Promise<Told> {
  const { route } = asked;
  if (route.admin === undefined) throw new Problem('not_found', `${route.path} administers nothing.`);
  const { thing, deed } = route.admin;
  const { ledger, clock, random, pepper } = world;
  const who = await principalNow(world, asked);
  const account = await accountOf(world, who.accountId);
  if (account === undefined) throw new Problem('not_found', 'The account of this key is gone.');
  const books: Books = { ledger, clock, random, pepper, by: who.key };
  const act = things[thing][deed];
  if (act === undefined) throw new Problem('not_found', `${route.path} administers nothing.`);
  const said: Act = {
    counters: world.counters,
    eraser: world.eraser,
    books: makes.includes(deed) ? await once(books, asked) : books,
    own: account.account_id,
    operator: account.operator,
    id: idOf(asked),
    ifVersion: versionIn(asked.headers['if-match']),
    query: asked.query,
    body: route.takes === undefined ? {} : bodyOf(asked.body, deed === 'rotate' || deed === 'erase'),
  };
  const { row, version } = makes.includes(deed)
    ? await countMade(world, account.account_id, () => act(said))
    : await act(said);
  return {
    status: deed === 'create' || deed === 'rotate' ? 201 : 200,
    headers: version === undefined ? {} : { ETag: `"${version}"` },
    body: row,
  };
}

const makes: readonly Deed[] = ['create', 'rotate'];

/** Who asks, by the record as it is at this moment: a verdict may be a minute old, and what was revoked or is no longer `admin` must change nothing more. */
async function principalNow(world: AdminWorld, { headers }: RoutedRequest): Promise<Principal> {
  const token = tokenIn(headers.authorization ?? '');
  const found = typeof token === 'string' ? await principalOfKey(world, token) : token;
  if ('problem' in found) throw new Problem(found.problem, found.message, { headers: challenge });
  const refused = refusalFor(found, 'admin');
  if (refused !== null) throw new Problem(refused.problem, refused.message);
  return found;
}

async function once(books: Books, { headers, route, id, query, body }: RoutedRequest): Promise<Books> {
  const idempotencyKey = headers['idempotency-key'];
  if (idempotencyKey === undefined) return books;
  if (!/^[!-~]{1,255}$/.test(idempotencyKey))
    throw new Problem(
      'invalid_params',
      'Idempotency-Key takes 1 to 255 visible ASCII characters without blanks, e.g. a UUID.',
    );
  const text = JSON.stringify([route.method, route.path, id ?? '', query, body]);
  return booksOnce(books, { secret: headers.authorization ?? '', idempotencyKey, text });
}

/** Ids, slugs, names of keys and plans have these characters and no other. */
const idOf = ({ id = '' }: RoutedRequest): string => (/^[A-Za-z0-9_-]{1,64}$/.test(id) ? id : '');

function versionIn(header: string | undefined): number | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  const [, digits] = /^(?:W\/)?"?(\d{1,15})"?$/.exec(header.trim()) ?? [];
  if (digits === undefined)
    throw new Problem('invalid_params', 'If-Match takes a version such as "3", as a row names its own.');
  return Number(digits);
}

function bodyOf(text: string, mayBeEmpty: boolean): unknown {
  if (text.trim() === '' && mayBeEmpty) return {};
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem(
      'invalid_payload',
      'The body is not JSON. Send an object as GET /v1/openapi.json shows it.',
      {
        details: { formErrors: ['The body is not JSON.'], fieldErrors: {} },
      },
    );
  }
}
