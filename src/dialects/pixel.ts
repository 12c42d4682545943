import type { ToolAnswer } from './dialect.ts';

/** A picture of one dot whose bytes are all ASCII: as text it passes every gateway unharmed. */
export const pixel: ToolAnswer = {
  type: 'image/gif',
  body: Buffer.from('R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs=', 'base64').toString('latin1'),
};
