import { routes } from '../../src/routes.ts';
import { questionNamed } from '../../src/tools/index.ts';

/** The route of each question, with a query string that it answers: its first example. */
export const questionRoutes: readonly {
  readonly route: string;
  readonly query: string;
  /** Is it for the keys of accounts alone? */
  readonly across: boolean;
}[] = routes.flatMap((route) => {
  if (!('question' in route)) return [];
  const input = questionNamed(route.question)?.examples[0]?.input ?? {};
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input))
    query.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  const across = questionNamed(route.question)?.across === true;
  return [{ route: `${route.method} ${route.path}`, query: query.toString(), across }];
});
