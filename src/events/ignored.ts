import { identifyBody, publicTrackBody, trackBody } from './schema.ts';

/** So many names are told, each cut at so many characters. */
const namesTold = 10;
const nameLength = 64;

const known = {
  secret: new Set(Object.keys(trackBody.shape)),
  public: new Set(Object.keys(publicTrackBody.shape)),
  identify: new Set(Object.keys(identifyBody.shape)),
  batch: new Set(['events']),
} as const;

/**
 * The names of what a body holds and nobody reads (contract §3), at most ten, in the order they came: misspelt fields, those of other tools (`userId`), columns that are ours to fill, and
 * what only secret keys may say. `of`: whose fields they could have been; `batch` looks into its events too.
 */
export const ignoredIn = (
  body: unknown,
  of: 'track' | 'batch' | 'identify',
  trusted: boolean,
): readonly string[] => {
  const event = trusted ? known.secret : known.public;
  const names = new Set<string>();
  if (of === 'batch') {
    gather(body, known.batch, names);
    if (isObject(body) && Array.isArray(body.events))
      for (const each of body.events) gather(each, event, names);
  } else gather(body, of === 'identify' ? known.identify : event, names);
  return [...names].map((name) =>
    name.length > nameLength ? `${name.slice(0, nameLength).toWellFormed()}…` : name,
  );
};

const gather = (body: unknown, read: ReadonlySet<string>, names: Set<string>): void => {
  if (!isObject(body)) return;
  for (const name in body) {
    if (names.size === namesTold) return;
    if (!read.has(name)) names.add(name);
  }
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
