import { routes } from '../../src/routes.ts';
import { questionNamed } from '../../src/tools/index.ts';

/** The route of each question, with a query string that it answers: its first example. */
export const questionRoutes: readonly { readonly route: string; readonly query: string }[] = routes.flatMap(
  (route) => {
    if (!('question' in route)) return [];
    const input = questionNamed(route.question)?.examples[0]?.input ?? {};
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(input))
      query.set(name, typeof value === 'string' ? value : JSON.stringify(value));
    return [{ route: `${route.method} ${route.path}`, query: query.toString() }];
  },
);
