import * as z from 'zod';
import { markdownTable } from './markdown.ts';
import { rightsOf } from './rights.ts';

const outputs = z.object({ Outputs: z.record(z.string(), z.object({ Description: z.string() })) });

/** What a deployed stack says of itself, by its template. */
export const outputTable = (template: unknown): string =>
  markdownTable(
    ['output', 'is'],
    Object.entries(outputs.parse(template).Outputs).map(([name, { Description }]) => [
      `\`${name}\``,
      Description,
    ]),
  );

/** What may be set, by the comments of an interface in a TypeScript source: `a doc comment, then `readonly name?: Type;``. */
export const propTable = (source: string, interfaceName: string): string => {
  const [, body = ''] =
    new RegExp(`export interface ${interfaceName} \\{(.*?)\\n\\}`, 's').exec(source) ?? [];
  const props = [...body.matchAll(/\/\*\* (?<says>.*?) \*\/\s+readonly (?<name>\w+)\??:/gs)].map(
    ({ groups: { name = '', says = '' } = {} }) => [`\`${name}\``, says],
  );
  return markdownTable(['prop', 'decides'], props);
};

/** What every function has and what says nothing of it: its own log and traces. */
const common = /^(logs:(CreateLogStream|PutLogEvents) on \S*Log|xray:\S+ on \*)$/;

/** Who may do what, by the roles of a template; its own log and traces are left out. What may be done to the same things stands together. */
export const rightsTable = (template: unknown): string =>
  markdownTable(
    ['role', 'may, besides writing its own log and traces'],
    [...rightsOf(template)].map(([role, rights]) => {
      const told = rights.filter((right) => !common.test(right)).map((right) => right.split(' on '));
      const deeds = Map.groupBy(told, ([, thing = '']) => thing);
      const things = Map.groupBy(deeds, ([, some]) => some.map(([does]) => does).join(', '));
      const lines = [...things].map(([does, some]) => {
        const on = some.map(([thing]) => thing.replace(/^arn::\w+:::/, '')).join(', ');
        return on === '' ? does : `${does} on ${on}`;
      });
      return [`\`${role}\``, lines.length === 0 ? 'nothing' : lines.join('; ').replaceAll('*', '\\*')];
    }),
  );
