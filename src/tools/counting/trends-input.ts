import * as z from 'zod/mini';
import { where } from '../conditions.ts';
import { eventName } from '../fields.ts';
import { groupBy, limitOf } from '../inputs.ts';
import type { Asking } from '../question.ts';
import { invalidParam } from '../refusal.ts';
import { formulaFrom } from './formula.ts';
import { aboutMetric, checkProperty, metricInput, propertyInput } from './metrics.ts';

const labels = ['A', 'B', 'C', 'D', 'E', 'F'] as const;
const label = z.string().check(z.regex(/^[A-Za-z]\w{0,39}$/, 'a letter, then letters, digits and _'));

/** What trends takes. */
export const input = z.object({
  series: z
    .array(
      z.strictObject({
        event: z.optional(eventName),
        metric: metricInput,
        property: propertyInput,
        where: z._default(where, []),
        label: z.optional(label),
      }),
    )
    .check(z.minLength(1), z.maxLength(labels.length))
    .check(
      z.describe(
        '1–6 of {event?, metric?, property?, where?, label?}; labels A–F by default, e.g. [{"event":"purchase","metric":"sum","property":"price","label":"revenue"}].',
      ),
    ),
  formula: z
    .optional(z.string().check(z.minLength(1), z.maxLength(300)))
    .check(z.describe('One more column made of labels, numbers, + - * / and ( ), e.g. A / B. ÷ 0 is null.')),
  group_by: groupBy(2),
  rolling: z
    .optional(z.int().check(z.minimum(2), z.maximum(60)))
    .check(z.describe('Each value as the mean of so many buckets that end with it, e.g. 7. Needs interval.')),
  cumulative: z
    ._default(z.boolean(), false)
    .check(z.describe('Each value as that of from until the bucket’s end. Needs interval. Default false.')),
  per_person: z
    ._default(z.boolean(), false)
    .check(z.describe('Counts and sums divided by the people who did it. Default false.')),
  limit: limitOf(1000, 20, 'groups (those with the largest first series)'),
});
/** The same, understood. */
export type Own = z.output<typeof input>;
/** A series’ column: its label, else its letter. */
export const labelOf = ({ label: given }: Own['series'][number], i: number): string =>
  given ?? labels[i] ?? '';

/** Problem `invalid_params` where arguments do not go together. */
export function check({ own, interval }: Pick<Asking<Own>, 'own' | 'interval'>): void {
  const named = own.series.map(labelOf);
  const taken = new Set(['formula', 'bucket', 'project_id', ...own.group_by.map(({ spelled }) => spelled)]);
  for (const [i, name] of named.entries()) {
    if (taken.has(name))
      throw invalidParam(
        'series',
        `series: label ${name} stands for another column already; choose another for ${i}`,
      );
    taken.add(name);
  }
  for (const [i, one] of own.series.entries()) {
    checkProperty(one.metric, one.property, `series.${i}`);
    if (own.per_person && one.metric !== 'count' && one.metric !== 'sum')
      throw invalidParam(
        'per_person',
        `per_person: divides counts and sums; series ${i} is ${one.metric}; remove per_person or that series`,
      );
    const runs = one.metric === 'count' || one.metric === 'sum' || aboutMetric(one.metric).unit !== undefined;
    if (own.cumulative && !runs && one.metric !== 'distinct')
      throw invalidParam(
        'cumulative',
        `cumulative: adds up counts, sums and who is counted once; series ${i} is ${one.metric}; remove cumulative or that series`,
      );
  }
  if (own.cumulative && own.per_person)
    throw invalidParam('cumulative', 'cumulative: does not go with per_person; remove one of them');
  if (own.cumulative && own.rolling !== undefined)
    throw invalidParam('rolling', 'rolling: does not go with cumulative; remove one of them');
  if (interval === null && (own.cumulative || own.rolling !== undefined))
    throw invalidParam(
      'interval',
      `interval: ${own.cumulative ? 'cumulative' : 'rolling'} goes from bucket to bucket; send interval too, e.g. day`,
    );
  if (own.formula === undefined) return;
  const read = formulaFrom(own.formula);
  if ('problem' in read)
    throw invalidParam(
      'formula',
      `formula: ${read.problem}; write it of ${named.join(', ')}, numbers, + - * / and ( ), e.g. ${named[0]} * 100`,
    );
  const strange = read.labels.find((name) => !named.includes(name));
  if (strange !== undefined)
    throw invalidParam(
      'formula',
      `formula: no series has the label ${strange}; there are ${named.join(', ')}`,
    );
}
