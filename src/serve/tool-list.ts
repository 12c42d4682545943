import type { McpTool } from '../mcp/host.ts';
import { questions } from '../tools/index.ts';
import { trackEvent } from '../tools/writing/track-event.ts';
import { toolInputSchema, toolOf, toolOfAccount } from './tool-schemas.ts';

/** The tools as `tools/list` shows them: the questions, and what writes for a key that may write. */
export const toolsFor = (mayWrite: boolean): readonly McpTool[] => [
  ...questions.filter(({ across }) => across !== true).map(toolOf),
  ...(mayWrite ? [trackEventTool] : []),
];

/** The same for a key that sees several projects: what `first` does, then every question with the choice of projects. */
export const accountTools = (first: McpTool): readonly McpTool[] => [first, ...questions.map(toolOfAccount)];

const trackEventTool = {
  name: trackEvent.name,
  title: trackEvent.title,
  description: trackEvent.answers,
  inputSchema: toolInputSchema(trackEvent.input),
  outputSchema: {
    type: 'object',
    properties: {
      ok: { type: 'boolean' },
      event_id: { type: ['string', 'null'] },
      ignored: { type: 'array', items: { type: 'string' } },
      clock_skewed: { type: 'integer' },
      repeats: { type: 'integer' },
      identified: { type: 'boolean' },
      message: { type: 'string' },
    },
    required: ['ok'],
  },
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false },
} as const;
