import * as z from 'zod/mini';
import type { Json, McpContents, McpTool, McpToolResult } from '../mcp/host.ts';
import { cursorFrom, cursorText } from '../tools/cursor.ts';
import { limitOf, shared } from '../tools/inputs.ts';
import type { AnswerColumn } from '../tools/question.ts';
import { argumentsProblem, invalidParam } from '../tools/refusal.ts';
import { answerRoom, fittingRows, meantFields } from '../tools/shown.ts';
import { understood } from '../tools/spellings.ts';
import type { Reader } from './resources.ts';
import { type VisibleProject, visibleTo } from './scope.ts';
import { toolInputSchema } from './tool-schemas.ts';

const name = 'list_projects';
const input = z.strictObject({
  limit: limitOf(1000, 100, 'projects'),
  cursor: shared.cursor,
});

/** `list_projects` as `tools/list` shows it. */
export const listProjectsTool: McpTool = {
  name,
  title: 'Projects',
  description:
    'Which projects this key sees: project_id, slug, name and time zone, oldest first. Ask it first; every other tool takes project_slug, project_id or project_ids to look at some of them, and looks at all without. For which of them has most use compare_projects.',
  inputSchema: toolInputSchema(input),
  outputSchema: { type: 'object', required: ['rows', 'notes', 'next_cursor'] },
  annotations: { readOnlyHint: true, openWorldHint: false },
};

const columns: readonly AnswerColumn[] = [
  { name: 'project_id', type: 'text' },
  { name: 'slug', type: 'text' },
  { name: 'name', type: 'text' },
  { name: 'timezone', type: 'text' },
];

/** What `list_projects` says: as many projects as were asked for and fit, and a cursor where there are more. Problems: `invalid_params`, `no_projects_visible`. */
export async function listProjects({ world, principal }: Reader, given: Json): Promise<McpToolResult> {
  const args = meantFields(understood(input.shape, given));
  const read = input.safeParse(args);
  if (!read.success) throw argumentsProblem(name, read.error.issues, args);
  const { limit, cursor } = read.data;
  const skip = cursor === undefined ? 0 : placeIn(cursor);
  const all = (await visibleTo(world, principal)).map(rowOf);
  const { rows } = fittingRows(all.slice(skip, skip + limit), answerRoom - roomAround);
  const below = skip + rows.length;
  const isWhole = below >= all.length;
  return {
    content: [{ type: 'text', text: JSON.stringify(rows) }],
    structuredContent: {
      rows,
      columns,
      truncated: isWhole && skip === 0 ? null : { shown: rows.length, of: all.length, what: 'rows' },
      notes: isWhole ? [] : [`${all.length - below} more projects are below; next_cursor goes on there.`],
      resolved: { limit },
      next_cursor: isWhole
        ? null
        : cursorText({ tool: name, given: {}, resolved: {}, skip: below, after: null }),
    },
  };
}

/** Characters kept for what stands around the rows. */
const roomAround = 2_000;

const placeIn = (cursor: string): number => {
  const { tool, skip } = cursorFrom(cursor);
  if (tool !== name) throw invalidParam('cursor', `cursor: belongs to ${tool.slice(0, 64)}, not to ${name}`);
  return skip;
};

const rowOf = ({ id, slug, name: called, timezone }: VisibleProject) => ({
  ...{ project_id: id, slug, name: called, timezone },
});

/** The resource `projects://all`: the same rows as far as they fit. */
export async function allProjects(
  { world, principal }: Reader,
  uri: string,
): Promise<readonly McpContents[]> {
  const all = (await visibleTo(world, principal)).map(rowOf);
  const { rows } = fittingRows(all, answerRoom - roomAround);
  const whole = { uri, mimeType: 'application/json', text: JSON.stringify(rows) };
  if (rows.length === all.length) return [whole];
  const more = `These are the first ${rows.length} of ${all.length}; ${name} goes on below them.`;
  return [whole, { uri: `${uri}#more`, mimeType: 'text/plain', text: more }];
}
