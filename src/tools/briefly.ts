import { operators } from '../sql/filter.ts';

const text = { type: 'string' } as const;

/**
 * The inputs that questions share as `tools/list` shows them: so many tools repeat them that each has only what a
 * caller needs to write one; the instructions say the rest once, docs/tools.md and OpenAPI say all of it.
 */
export const briefly = {
  from: { ...text, description: 'ISO 8601 or last:7d (default), last:24h, last:4w.' },
  to: { ...text, description: 'ISO 8601. Default: now.' },
  tz: { ...text, description: 'IANA zone; default the project’s.' },
  interval: { ...text, enum: ['hour', 'day', 'week', 'month'], description: 'One row per bucket.' },
  where: {
    type: 'array',
    items: {
      type: 'object',
      properties: {
        field: text,
        op: { ...text, enum: operators },
        value: {},
        any: { type: 'array', items: { type: 'object' } },
        did: {},
        did_not: {},
      },
    },
    description: 'Filters that must all hold.',
  },
  per: { ...text, enum: ['person', 'visitor', 'session'], description: 'Whom to count.' },
  compare: { description: 'previous, year or {"from","to"}: adds x_before and x_change.' },
  format: { ...text, enum: ['rows', 'table'], description: 'rows: objects.' },
  include_bots: { type: 'boolean', description: 'Default false.' },
  cursor: { ...text, description: 'next_cursor, to go on.' },
  query_id: { ...text, description: 'Of a running answer.' },
} as const satisfies Readonly<Record<string, object>>;
