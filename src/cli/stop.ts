/** How a command ends; printed by `help`. */
export const exits = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;
export type Exit = (typeof exits)[keyof typeof exits];

/** A command cannot go on. `message` is for the person at the terminal. */
export class Stop extends Error {
  readonly exit: Exit;

  constructor(exit: Exit, message: string) {
    super(message);
    this.name = 'Stop';
    this.exit = exit;
  }
}

/** The request failed, or something outside was not as it should be: exit 1. */
export const failed = (message: string): Stop => new Stop(exits.failed, message);

/** The command was written wrongly: exit 2. */
export const wrongUsage = (message: string): Stop => new Stop(exits.usage, message);
