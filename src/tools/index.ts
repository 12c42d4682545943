import { activePeople } from './behaviour/active-people.ts';
import { engagement } from './behaviour/engagement.ts';
import { flow } from './behaviour/flow.ts';
import { funnel } from './behaviour/funnel.ts';
import { lifecycle } from './behaviour/lifecycle.ts';
import { retention } from './behaviour/retention.ts';
import { anomalies } from './change/anomalies.ts';
import { explainChange } from './change/explain-change.ts';
import { getStats } from './counting/get-stats.ts';
import { topSources } from './counting/top-sources.ts';
import { trends } from './counting/trends.ts';
import { dataHealth } from './health/data-health.ts';
import { findPeople } from './people/find-people.ts';
import { onePerson } from './people/person.ts';
import { querySessions } from './people/query-sessions.ts';
import type { Question, ToolAction } from './question.ts';
import { describeData } from './reading/describe-data.ts';
import { queryEvents } from './reading/query-events.ts';
import { attribution } from './web/attribution.ts';
import { overview } from './web/overview.ts';
import { pages } from './web/pages.ts';
import { trackEvent } from './writing/track-event.ts';

/** The menu: every question people can ask, in the order agents see it. */
export const questions: readonly Question[] = [
  overview,
  pages,
  attribution,
  queryEvents,
  getStats,
  topSources,
  funnel,
  flow,
  retention,
  activePeople,
  lifecycle,
  engagement,
  describeData,
  querySessions,
  findPeople,
  onePerson,
  trends,
  explainChange,
  anomalies,
  dataHealth,
];

/** The question of this name, if there is one. */
export const questionNamed = (name: string): Question | undefined =>
  questions.find((question) => question.name === name);

/** Every action, behind the questions: with them, all tools there are. */
export const actions: readonly ToolAction[] = [trackEvent];

/** The action of this name, if there is one. */
export const actionNamed = (name: string): ToolAction | undefined =>
  actions.find((action) => action.name === name);
