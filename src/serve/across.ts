import type { Row } from '../ports.ts';
import { wordsOf } from '../tools/inputs.ts';
import type { AnswerColumn, Question } from '../tools/question.ts';
import type { CuttableAnswer, Envelope } from './envelope.ts';
import type { Scope } from './scope.ts';

type Arguments = Readonly<Record<string, unknown>>;

/** An answer to an account’s key: each row’s project by its slug as well, and which zone’s days it counts in, and why. */
export function withProjects(
  answer: CuttableAnswer,
  {
    question,
    scope,
    given,
  }: { readonly question: Question; readonly scope: Scope; readonly given: Arguments },
): CuttableAnswer {
  if (!scope.byProject) return answer;
  const slugs = new Map(scope.named?.map(({ id, slug }) => [id, slug]));
  const named = (row: Row): Row =>
    Object.fromEntries(
      Object.entries(row).flatMap(([name, cell]) =>
        name === 'project_id'
          ? [
              [name, cell],
              ['slug', slugs.get(String(cell)) ?? null],
            ]
          : [[name, cell]],
      ),
    );
  const because =
    scope.zoneBecause === undefined || given.tz !== undefined || !question.shared.includes('tz')
      ? []
      : [scope.zoneBecause];
  const told = (envelope: Envelope): Envelope => ({
    ...envelope,
    ...(envelope.profile === undefined ? {} : { profile: named(envelope.profile) }),
    rows: envelope.rows.map(named),
    columns: envelope.columns.flatMap((column) => (column.name === 'project_id' ? [column, slug] : [column])),
    notes: [...because, ...envelope.notes],
  });
  return { ...answer, envelope: told(answer.envelope), first: (n) => told(answer.first(n)) };
}

const slug: AnswerColumn = { name: 'slug', type: 'text' };

/** Arguments whose `group_by` leaves out `project_id`: an account’s key has its rows by project, whatever else splits them. */
export function groupedByProject(question: Question, args: Arguments): Arguments {
  const { group_by: by, ...rest } = args;
  const isList = Array.isArray(by) && by.every((word) => typeof word === 'string');
  if (question.groups === undefined || !(typeof by === 'string' || isList)) return args;
  const words = wordsOf(by);
  const others = words.filter((word) => word !== 'project_id');
  if (others.length === words.length) return args;
  return others.length === 0 ? rest : { ...rest, group_by: others };
}
