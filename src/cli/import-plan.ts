import { didYouMean } from './did-you-mean.ts';
import type { Flags, Given } from './flags.ts';
import { type FormatName, formatNames } from './formats/index.ts';
import { usualNames } from './formats/json-log.ts';
import { dataFolder, type Installation, installationFlags, savedKeys, urlOf } from './installation.ts';
import { type VisitorChoice, visitorChoices } from './reading.ts';
import { type Source, sourceOf } from './source.ts';
import { wrongUsage } from './stop.ts';
import type { Terminal } from './terminal.ts';
import { visitorKey } from './visitor-key.ts';

/** The flags of `millimetric import`. */
export const importFlags = {
  format: {
    value: 'NAME',
    does: `${formatNames.join(', ')}. Default: seen from each file’s first lines.`,
  },
  fields: {
    value: 'OURS=THEIRS,…',
    does: `What a JSON log calls its fields, e.g. time=ts,ip=client.addr. Ours: ${Object.keys(usualNames).join(', ')}.`,
  },
  visitor: {
    value: 'WHICH',
    does: `Whose the visitor’s address is: ${visitorChoices.join(', ')} (of X-Forwarded-For). Default: the first column, unless nine tenths of the lines have one private address there.`,
  },
  project: {
    value: 'SLUG',
    does: 'The project of the key. Default: the one in keys.json; another project needs its --key.',
  },
  site: {
    value: 'URL',
    does: 'Origin of the site the log is of, e.g. https://example.com. Without it events have a path but no url.',
  },
  'shift-to': {
    value: 'now|TIME',
    does: 'Move all times by one amount, so that the latest line falls on this ISO 8601 instant. Files only: they are read twice.',
  },
  'dry-run': { does: 'Read and count, send nothing.' },
  ...installationFlags,
} as const satisfies Flags;

/** What an import is to do, checked before anything is read. */
export interface ImportPlan {
  readonly sources: readonly Source[];
  /** Undefined: as each file’s first lines say. */
  readonly format: FormatName | undefined;
  /** Undefined: as each file’s first lines say. */
  readonly visitor: VisitorChoice | undefined;
  /** What a JSON log calls its fields. */
  readonly fields: Readonly<Record<string, string>>;
  readonly site: string | undefined;
  /** Milliseconds since 1970. */
  readonly shiftTo: number | undefined;
  readonly project: string;
  readonly visitorKey: Uint8Array;
  /** Undefined: a dry run. */
  readonly installation: Installation | undefined;
}

/** What was typed, as a plan. Refuses wrong usage and files that are not there. */
export const planOf = async (given: Given, terminal: Terminal): Promise<ImportPlan> => {
  if (given.words.length === 0)
    throw wrongUsage('Name at least one file, or - for standard input: `millimetric import access.log.gz`.');
  const shiftTo = shiftOf(given.text('shift-to'), terminal.now());
  if (shiftTo !== undefined && given.words.includes('-')) {
    throw wrongUsage(
      '`--shift-to` has to read the lines twice, which standard input cannot: save them to a file first.',
    );
  }
  const named = slugOf(given.text('project'));
  const read = {
    format: formatNamed(given.text('format')),
    visitor: visitorNamed(given.text('visitor')),
    fields: fieldsOf(given.texts('fields')),
    site: siteOf(given.text('site')),
    shiftTo,
  };
  if (Object.keys(read.fields).length > 0 && (read.format ?? 'json') !== 'json')
    throw wrongUsage(
      `\`--fields\` names the fields of a JSON log; with \`--format ${read.format}\` there are none.`,
    );
  const url = await urlOf(given, terminal);
  const sources = await Promise.all([...new Set(given.words)].map((word) => sourceOf(word, terminal.stdin)));
  // Nobody sees the visitors of a dry run, so any key will do.
  if (given.has('dry-run'))
    return {
      ...read,
      sources,
      project: named ?? 'demo',
      visitorKey: new Uint8Array(32),
      installation: undefined,
    };
  const { project, key } = await keyFor(named, given, terminal);
  return {
    ...read,
    sources,
    project,
    visitorKey: await visitorKey(dataFolder(terminal), project),
    installation: { url, key },
  };
};

async function keyFor(
  named: string | undefined,
  given: Given,
  terminal: Terminal,
): Promise<{ readonly project: string; readonly key: string }> {
  const key = given.text('key');
  if (key !== undefined) return { project: named ?? 'demo', key };
  const saved = await savedKeys(terminal);
  if (named !== undefined && named !== saved.project_slug) {
    throw wrongUsage(
      `The saved key is of the project ${saved.project_slug}; for ${named} pass its own with --key.`,
    );
  }
  return { project: saved.project_slug, key: saved.keys.sk };
}

function formatNamed(format: string | undefined): FormatName | undefined {
  const found = formatNames.find((name) => name === format);
  if (format === undefined || found !== undefined) return found;
  throw wrongUsage(
    `\`--format\` takes ${formatNames.join(', ')}; \`${format}\` was given.${didYouMean(format, formatNames)}`,
  );
}

function visitorNamed(visitor: string | undefined): VisitorChoice | undefined {
  const found = visitorChoices.find((choice) => choice === visitor);
  if (visitor === undefined || found !== undefined) return found;
  throw wrongUsage(`\`--visitor\` takes ${visitorChoices.join(', ')}; \`${visitor}\` was given.`);
}

function fieldsOf(texts: readonly string[]): Readonly<Record<string, string>> {
  const pairs = texts.flatMap((text) => text.split(',')).map((pair) => pair.trim());
  return Object.fromEntries(
    pairs.map((pair) => {
      const equals = pair.indexOf('=');
      const ours = pair.slice(0, Math.max(0, equals));
      if (!Object.hasOwn(usualNames, ours) || equals === pair.length - 1)
        throw wrongUsage(
          `\`--fields\` takes pairs such as time=ts,ip=client.addr, the first word one of ${Object.keys(usualNames).join(', ')}; \`${pair}\` was given.`,
        );
      return [ours, pair.slice(equals + 1)];
    }),
  );
}

function siteOf(site: string | undefined): string | undefined {
  if (site === undefined) return undefined;
  const url = URL.parse(site);
  if (
    url === null ||
    !/^https?:$/.test(url.protocol) ||
    url.pathname !== '/' ||
    url.search !== '' ||
    url.hash !== ''
  ) {
    throw wrongUsage(
      `\`--site\` takes the origin of a site such as https://example.com; \`${site}\` was given.`,
    );
  }
  return url.origin;
}

function shiftOf(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  if (text === 'now') return now;
  const at = /^\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:\d\d)$/i.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at))
    throw wrongUsage(
      `\`--shift-to\` takes now, or an ISO 8601 instant with its zone such as 2026-01-31T12:00:00Z; \`${text}\` was given.`,
    );
  return at;
}

function slugOf(project: string | undefined): string | undefined {
  if (project === undefined || /^[a-z0-9][a-z0-9_-]{0,62}$/.test(project)) return project;
  throw wrongUsage(`\`--project\` takes a project’s slug such as demo; \`${project}\` was given.`);
}
