import { problems } from '../problems.ts';
import { capabilities, type Era } from './era.ts';
import type { McpMethod } from './host.ts';
import { forTheModel, legacyRefusal, RpcError } from './refusal.ts';

/** Newest first: the first is offered to whoever asks for one we do not know. */
const legacyVersions: readonly string[] = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'];

const initialize: McpMethod = (host, { params }) => ({
  protocolVersion: legacyVersions.find((version) => version === params.protocolVersion) ?? legacyVersions[0],
  capabilities: capabilities(host, 'legacy'),
  serverInfo: host.serverInfo,
  instructions: host.instructions,
});

/** Revisions up to 2025-11-25, without sessions: `initialize` is answered but nobody has to send it (spec/mcp.md §2). */
export const legacy: Era = {
  name: 'legacy',
  check: ({ method }, headers) => {
    const version = headers['mcp-protocol-version']?.trim();
    if (version === undefined || method === 'initialize' || legacyVersions.includes(version)) return;
    throw new RpcError(
      -32600,
      'invalid_request',
      `MCP-Protocol-Version is ${version}; send one of ${legacyVersions.join(', ')}, or none.`,
      {
        status: 400,
        data: { reason: 'unsupported_protocol_version', supported: legacyVersions, requested: version },
      },
    );
  },
  methods: new Map([
    ['initialize', initialize],
    ['ping', () => ({})],
  ]),
  unknownMethod: 200,
  dress: (_method, result) => result,
  toolFailure: (problem) =>
    problems[problem.code].rpc === null ? forTheModel(problem) : legacyRefusal(problem),
  otherFailure: legacyRefusal,
};
