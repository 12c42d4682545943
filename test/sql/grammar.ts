import { registerHooks } from 'node:module';

// The parser's files import each other without endings, which Node does not take: they are put back while it loads.
const hooks = registerHooks({
  resolve(specifier, context, next) {
    if (
      !specifier.startsWith('.') ||
      specifier.endsWith('.js') ||
      context.parentURL?.includes('/dt-sql-parser/') !== true
    )
      return next(specifier, context);
    try {
      return next(`${specifier}.js`, context);
    } catch {
      return next(`${specifier}/index.js`, context);
    }
  },
});
const { TrinoSQL } = await import('dt-sql-parser/dist/parser/trino/index.js');
hooks.deregister();

const parser = new TrinoSQL();

/** What the grammar of Trino allows and the house does not. */
const refused: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/;/, 'one statement, without a semicolon'],
  [/->/, 'no lambdas'],
  [/\bmatch_recognize\b/i, 'no MATCH_RECOGNIZE'],
  [/\border\s+by\s+all\b/i, 'no ORDER BY ALL'],
  [/\breduce\s*\(/i, 'no reduce'],
  [/\bfilter\s*\(/i, 'no FILTER: DuckDB does not take it on our macros; use CASE inside the aggregate'],
  [/\b(ignore|respect)\s+nulls\b/i, 'no IGNORE NULLS: both engines write it differently'],
  [/^(?!\s*(select|with)\b)/i, 'a question begins with SELECT or WITH'],
];

/** Why a text is no Trino query of the kind we write; empty: it is one. The first text of a shape may cost seconds, the next of it milliseconds. */
export function parsesAsTrino(sqlText: string): readonly string[] {
  const bare = sqlText.replaceAll(/'(?:[^']|'')*'/g, "''");
  return [
    ...parser
      .validate(sqlText)
      .map(({ message, startLine, startColumn }) => `${startLine}:${startColumn} ${message}`),
    ...refused.filter(([pattern]) => pattern.test(bare)).map(([, why]) => why),
  ];
}
