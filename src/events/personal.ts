import { clickIds } from './classify.ts';
import { remember } from './remember.ts';

/** Words that make a parameter personal wherever they stand in its name: `user_email`, `accessToken`, `billing[phone]`. */
const telling: ReadonlySet<string> = new Set(
  'email mail phone telephone tel token password passwd passphrase pwd secret jwt apikey auth authorization ssn iban firstname lastname surname fullname username nickname birthday birthdate dob address street sessionid phpsessid jsessionid otp'.split(
    ' ',
  ),
);
/** `name` is personal alone or with one of these; `product_name` is not. */
const nameWords: ReadonlySet<string> = new Set(
  'first last full user given family middle maiden sur nick customer contact display'.split(' '),
);

/** Does the name of a query parameter, as it stands in the address, look personal (contract §3)? `utm_*` and click ids never do; the empty name is told by its value alone. */
const nature = remember(
  (written: string): 'kept' | 'personal' | 'by value' => {
    const name = decoded(written);
    const key = name.toLowerCase();
    if (key.startsWith('utm_') || clickIds.has(key)) return 'kept';
    const words = name
      .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .split(/[^\p{L}\d]+/u)
      .filter((word) => word !== '');
    if (words.some((word) => telling.has(word)) || telling.has(words.join(''))) return 'personal';
    return words.includes('name') && words.every((word) => word === 'name' || nameWords.has(word))
      ? 'personal'
      : 'by value';
  },
  { entries: 2000, longest: 64 },
);

const mailAddress = /[^\s@/]@[^\s@/]+\.[a-z]{2}/i;

const personal = (part: string): boolean => {
  const equals = part.indexOf('=');
  const seen = equals < 0 ? 'by value' : nature(part.slice(0, equals));
  return (
    seen === 'personal' ||
    (seen === 'by value' && /@|%40/.test(part) && mailAddress.test(decoded(part.slice(equals + 1))))
  );
};

/** An address or path without its personal parameters, in the query and in the fragment, and without user and password; all else stays byte for byte. */
export const withoutPersonal = (text: string): string => {
  const bare = text.includes('@') ? text.replace(/^([a-z][a-z\d+.-]*:\/\/)[^/?#]*@/i, '$1') : text;
  const hash = bare.indexOf('#');
  const front = hash < 0 ? bare : bare.slice(0, hash);
  const back = hash < 0 ? '' : bare.slice(hash + 1);
  const kept = front.includes('?') ? cut(front, front.indexOf('?')) : front;
  if (hash < 0) return kept;
  // A fragment may be a route with a query of its own, or be one itself (#access_token=…).
  if (back.includes('?')) return `${kept}#${cut(back, back.indexOf('?'))}`;
  const fragment = back.includes('=') ? query(back) : back;
  return fragment === '' && back !== '' ? kept : `${kept}#${fragment}`;
};

const cut = (text: string, mark: number): string => {
  const left = query(text.slice(mark + 1));
  return left === '' && mark < text.length - 1 ? text.slice(0, mark) : `${text.slice(0, mark)}?${left}`;
};

const query = (text: string): string => {
  const parts = text.split('&');
  return parts.some(personal) ? parts.filter((part) => !personal(part)).join('&') : text;
};

const decoded = (text: string): string => {
  if (!text.includes('%')) return text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text.replaceAll('%40', '@');
  }
};
