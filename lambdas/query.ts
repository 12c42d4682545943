import { questionWorld } from '../src/aws/world.ts';
import { answerQuestions } from '../src/serve/rest.ts';

/** Every route that answers a question. */
export const handler = answerQuestions(questionWorld());
