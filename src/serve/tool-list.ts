import type { McpTool } from '../mcp/host.ts';
import { actions, questions } from '../tools/index.ts';
import type { ToolAction } from '../tools/question.ts';
import { toolInputSchema, toolOf } from './tool-schemas.ts';

/** The tools as `tools/list` shows them: the questions, and what writes for a key that may write. */
export const toolsFor = (mayWrite: boolean): readonly McpTool[] => [
  ...questions.map(toolOf),
  ...(mayWrite ? actions.map(toolOfAction) : []),
];

const toolOfAction = ({ name, title, answers, input, output, annotations }: ToolAction): McpTool => ({
  name,
  title,
  description: answers,
  inputSchema: toolInputSchema(input),
  outputSchema: output,
  annotations,
});
