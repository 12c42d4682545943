import type { Log } from '../ports.ts';

/** A log of one JSON object a line, written as it is: a Lambda may be frozen between two turns of the event loop. */
export const openCloudLog = (write: (text: string) => void, clock: () => number): Log => {
  const line = (level: string) => (message: string, fields?: Readonly<Record<string, unknown>>) =>
    write(`${JSON.stringify({ time: new Date(clock()).toISOString(), level, message, ...fields })}\n`);
  return { info: line('info'), warn: line('warn'), error: line('error') };
};
