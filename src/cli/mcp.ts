import * as z from 'zod';
import { insist, refusal } from './call.ts';
import type { Installation } from './installation.ts';
import { failed } from './stop.ts';
import type { Terminal } from './terminal.ts';

const envelope = z.object({
  result: z.record(z.string(), z.unknown()).optional(),
  error: z
    .object({
      message: z.string(),
      data: z.looseObject({ message: z.string().optional(), hint: z.string().optional() }).optional(),
    })
    .optional(),
});

/** One MCP request, without a handshake; its `result`, or the server’s refusal as a sentence. */
export const mcpRequest = async (
  installation: Installation,
  method: string,
  params: unknown,
  terminal: Terminal,
): Promise<Readonly<Record<string, unknown>>> => {
  const reply = await insist(
    installation,
    '/mcp',
    JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    terminal,
    { tries: 3 },
  );
  if (reply.status < 200 || reply.status > 299) throw refusal(reply, installation.url);
  const { result, error } = envelope.safeParse(reply.body).data ?? {};
  if (error !== undefined)
    throw failed(
      [error.data?.message, error.data?.hint, `(${error.message})`]
        .filter((words) => words !== undefined && words !== '')
        .join(' '),
    );
  if (result === undefined) throw failed(`${installation.url}/mcp answered, but not in MCP. Is --url right?`);
  return result;
};

const tool = z.object({
  name: z.string(),
  title: z.string().optional(),
  description: z.string().default(''),
  inputSchema: z.looseObject({
    properties: z.record(z.string(), z.looseObject({ description: z.string().optional() })).default({}),
    required: z.array(z.string()).default([]),
  }),
});
export type Tool = z.output<typeof tool>;
/** Tools as a list of them shows them. */
export const readTools = (list: unknown): readonly Tool[] => z.array(tool).parse(list);

const page = z.object({ tools: z.array(tool), nextCursor: z.string().optional() });

/** What the key may call, all pages of it. */
export const listTools = async (installation: Installation, terminal: Terminal): Promise<readonly Tool[]> => {
  const tools: Tool[] = [];
  let cursor: string | undefined;
  do {
    const read = page.safeParse(
      await mcpRequest(installation, 'tools/list', cursor === undefined ? {} : { cursor }, terminal),
    );
    if (!read.success) throw failed(`${installation.url}/mcp gave a list of tools that cannot be read.`);
    tools.push(...read.data.tools);
    cursor = read.data.nextCursor;
  } while (cursor !== undefined);
  return tools;
};
