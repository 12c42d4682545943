import { en } from 'zod/locales';
import * as z from 'zod/mini';
import { Problem } from '../problems.ts';

/** The input by this schema; throws `invalid_payload` that begins with what it is for and names each field. */
export const parsed = <S extends z.ZodMiniType>(what: string, schema: S, input: unknown): z.output<S> => {
  const result = schema.safeParse(input, { error: en().localeError });
  if (result.success) return result.data;
  const first = result.error.issues[0];
  const path = first?.path.join('.') ?? '';
  throw new Problem(
    'invalid_payload',
    `The ${what} does not fit: ${path === '' ? '' : `${path.slice(0, 64)}: `}${(first?.message ?? '').slice(0, 300)}`,
    { details: z.flattenError(result.error) },
  );
};

/** `invalid_payload` for one field. */
export const wrongField = (field: string, message: string): Problem =>
  new Problem('invalid_payload', message, {
    details: { formErrors: [], fieldErrors: { [field]: [message] } },
  });
