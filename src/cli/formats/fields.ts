import { addressesIn, bare, siteOf } from './client.ts';
import type { Said } from './log-line.ts';

/** What a line says, field by field as text; undefined where it does not say. What the fields mean is the same in every log that names them. */
export interface Fields {
  readonly address: string | undefined;
  readonly forwarded?: string | undefined;
  readonly host?: string | undefined;
  readonly scheme?: string | undefined;
  /** Milliseconds since 1970. */
  readonly at: number | undefined;
  readonly method: string | undefined;
  readonly target: string | undefined;
  readonly status: string | number | undefined;
  readonly referrer?: string | undefined;
  readonly userAgent?: string | undefined;
}

/** The request those fields tell of; undefined where one is missing that every request has. Where only the forwarded addresses are known, the first of them is the client. */
export const requestLine = (fields: Fields): Said => {
  const { at, method = '-', target = '' } = fields;
  const forwarded = addressesIn(fields.forwarded ?? '');
  const address = bare(fields.address ?? '') ?? forwarded[0];
  const status = Number(fields.status);
  if (address === undefined || at === undefined || Number.isNaN(at)) return undefined;
  if (!Number.isInteger(status) || status < 0 || status > 999) return undefined;
  const site = siteOf(fields.host ?? '');
  const scheme = /^(?:https|h2|h3|wss)$/i.test(fields.scheme ?? '')
    ? 'https'
    : fields.scheme?.toLowerCase() === 'http'
      ? 'http'
      : site.scheme;
  return {
    address,
    forwarded,
    host: site.host,
    scheme,
    at,
    method,
    target,
    // What was never answered (0 in some logs) is a request that failed.
    status: status < 100 ? 499 : status,
    referrer: fields.referrer ?? '-',
    userAgent: fields.userAgent,
  };
};

const iso = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::(\d\d)([.,]\d+)?)?(Z|[+-]\d\d:?\d\d)$/i;

/** An ISO 8601 instant with its zone as milliseconds since 1970. A leap second is the second after it, as in every log. */
export const isoInstant = (text: string): number | undefined => {
  const [, day, minute, second = '00', fraction = '', zone = ''] = iso.exec(text) ?? [];
  if (day === undefined || minute === undefined) return undefined;
  const leap = second === '60';
  const at = Date.parse(
    `${day}T${minute}:${leap ? '59' : second}${fraction.replace(',', '.')}${zone.toUpperCase()}`,
  );
  return Number.isNaN(at) ? undefined : at + (leap ? 1000 : 0);
};
