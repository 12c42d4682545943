import { agentWorld } from '../src/aws/world.ts';
import { speakMcp } from '../src/serve/mcp.ts';

/** POST /mcp. */
export const handler = speakMcp(agentWorld());
