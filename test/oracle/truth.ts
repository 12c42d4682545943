import type { Event } from '../../src/events/columns.ts';
import type { Row } from '../../src/ports.ts';
import { questionNamed } from '../../src/tools/index.ts';
import { resolve } from '../../src/tools/resolve.ts';
import { activePeopleOracle } from './active-people.ts';
import { anomaliesOracle } from './anomalies.ts';
import { attributionOracle } from './attribution.ts';
import { dataHealthOracle } from './data-health.ts';
import { describeDataOracle } from './describe-data.ts';
import { engagementOracle } from './engagement.ts';
import { explainChangeOracle } from './explain-change.ts';
import { findPeopleOracle } from './find-people.ts';
import { flowOracle } from './flow.ts';
import { funnelOracle } from './funnel.ts';
import { getStatsOracle } from './get-stats.ts';
import { lifecycleOracle } from './lifecycle.ts';
import type { Judged } from './narrow.ts';
import type { Asking, Oracle } from './oracle.ts';
import { overviewOracle } from './overview.ts';
import { pagesOracle } from './pages.ts';
import { personOracle } from './person.ts';
import { queryEventsOracle } from './query-events.ts';
import { querySessionsOracle } from './query-sessions.ts';
import { retentionOracle } from './retention.ts';
import type { Context } from './stored.ts';
import { topSourcesOracle } from './top-sources.ts';
import { trendsOracle } from './trends.ts';

/** The oracle of each question, by its name. */
export const oracles = {
  overview: overviewOracle,
  pages: pagesOracle,
  attribution: attributionOracle,
  query_events: queryEventsOracle,
  get_stats: getStatsOracle,
  top_sources: topSourcesOracle,
  funnel: funnelOracle,
  flow: flowOracle,
  retention: retentionOracle,
  active_people: activePeopleOracle,
  lifecycle: lifecycleOracle,
  engagement: engagementOracle,
  describe_data: describeDataOracle,
  query_sessions: querySessionsOracle,
  find_people: findPeopleOracle,
  person: personOracle,
  trends: trendsOracle,
  explain_change: explainChangeOracle,
  anomalies: anomaliesOracle,
  data_health: dataHealthOracle,
} as const satisfies Record<string, Oracle>;

/** The questions that have an oracle. */
export type QuestionName = keyof typeof oracles;
const isQuestion = (name: string): name is QuestionName => Object.hasOwn(oracles, name);
export const questions: readonly QuestionName[] = Object.keys(oracles).filter(isQuestion);

/** What the question must answer over these stored events (repeats included), asked with raw arguments. */
export const truth = (
  question: QuestionName,
  stored: readonly Event[],
  raw: Readonly<Record<string, unknown>>,
  context: Context,
  asking: Asking,
): readonly Row[] => oracles[question].truth(stored, raw, context, asking, reachOf(question, raw, asking));

/** What the question looks at, by its own word: how far a session that is only compared is known. */
const reachOf = (
  name: QuestionName,
  { limit: _, ...raw }: Readonly<Record<string, unknown>>,
  asking: Asking,
) => judgedBy(name, raw, asking)?.reach;

/** What `where` judges sessions and people by in this question. */
export const judgedBy = (
  name: QuestionName,
  raw: Readonly<Record<string, unknown>>,
  asking: Asking,
): Judged | undefined => {
  const asked = questionNamed(name);
  const asker = { projects: ['p'], byProject: false, env: 'live', lake: 'clean', ...asking } as const;
  return asked === undefined ? undefined : resolve(asked, raw, asker).asking.judged;
};
