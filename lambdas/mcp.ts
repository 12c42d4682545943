import { agentWorld } from '../src/aws/world.ts';
import { speakMcp } from '../src/serve/mcp.ts';

/** POST /mcp and /mcp/account. */
export const handler = speakMcp(agentWorld());
