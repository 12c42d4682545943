import { isIP } from 'node:net';
import { resolve } from 'node:path';

/** What the person who starts it may choose. */
export interface Settings {
  /** 0: any free port. */
  readonly port: number;
  readonly host: string;
  /** The data folder, absolute. */
  readonly dir: string;
  /** The header in which an edge before it says where a visitor is, in lower case; left out where there is none. */
  readonly countryHeader?: string;
  /** A table of countries of the operator’s own, absolute; left out for the one that comes along. */
  readonly countryTable?: string;
}

/** PORT, HOST, MILLIMETRIC_DATA, MILLIMETRIC_COUNTRY_HEADER and MILLIMETRIC_COUNTRY_TABLE, checked; throws an Error whose one sentence says what to write instead. */
export const settingsFrom = (env: Readonly<Record<string, string | undefined>>, cwd: string): Settings => ({
  port: portFrom(env.PORT),
  host: hostFrom(env.HOST),
  dir: dirFrom(env.MILLIMETRIC_DATA, cwd),
  ...(env.MILLIMETRIC_COUNTRY_HEADER !== undefined && {
    countryHeader: headerFrom(env.MILLIMETRIC_COUNTRY_HEADER),
  }),
  ...(env.MILLIMETRIC_COUNTRY_TABLE !== undefined && {
    countryTable: tableFrom(env.MILLIMETRIC_COUNTRY_TABLE, cwd),
  }),
});

const portFrom = (text = '8787'): number => {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) {
    throw new Error(
      `PORT must be a whole number from 0 to 65535 (0 takes any free port), not ${JSON.stringify(text)}; leave it out for 8787.`,
    );
  }
  return Number(text);
};

const hostFrom = (text = '127.0.0.1'): string => {
  // All digits and dots is a mistyped address, never a name.
  const isName = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text) && !/^[\d.]+$/.test(text);
  if (isIP(text) === 0 && !isName) {
    throw new Error(
      `HOST must be an address or a name of this machine, such as 127.0.0.1, ::1, localhost or 0.0.0.0 (every network it is on), not ${JSON.stringify(text)}; leave it out for 127.0.0.1.`,
    );
  }
  return text;
};

const dirFrom = (text: string | undefined, cwd: string): string => {
  if (text?.trim() === '' || text?.includes('\0')) {
    throw new Error(
      `MILLIMETRIC_DATA must be the path of a folder, not ${JSON.stringify(text)}; leave it out for .millimetric in the current folder.`,
    );
  }
  return resolve(cwd, text ?? '.millimetric');
};

const headerFrom = (text: string): string => {
  if (!/^[a-z0-9-]{1,64}$/i.test(text)) {
    throw new Error(
      `MILLIMETRIC_COUNTRY_HEADER must be the name of a header that an edge of yours always sets, such as CloudFront-Viewer-Country, not ${JSON.stringify(text)}; leave it out for none.`,
    );
  }
  return text.toLowerCase();
};

const tableFrom = (text: string, cwd: string): string => {
  if (text.trim() === '' || text.includes('\0')) {
    throw new Error(
      `MILLIMETRIC_COUNTRY_TABLE must be the path of a table of countries (.mmdb), not ${JSON.stringify(text)}; ` +
        'leave it out for the one that comes with the product.',
    );
  }
  return resolve(cwd, text);
};
