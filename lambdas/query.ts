import { questionWorld } from '../src/aws/world.ts';
import { answerQuestions } from '../src/serve/rest.ts';

/** GET /v1/query, /v1/stats, /v1/sources, /v1/funnel. */
export const handler = answerQuestions(questionWorld());
