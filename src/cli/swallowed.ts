import { wrongUsage } from './stop.ts';

/** Arguments that hold event names. */
const named: readonly string[] = ['event', 'events', 'steps', 'exclude', 'event_name'];

/** Refuses event names that the shell has taken away: `$pageview` without quotes is a variable nobody set. */
export const swallowed = (args: Readonly<Record<string, unknown>>): void => {
  const empty = Object.entries(args).find(([name, value]) => named.includes(name) && isGone(value));
  if (empty === undefined) return;
  const [name, value] = empty;
  const list = name === 'steps' || name === 'exclude';
  throw wrongUsage(
    `\`--${name}\` came ${value === true ? 'without a value' : `as ${JSON.stringify(value)}`}: the shell takes $pageview for a variable and puts nothing in its place. Write it in single quotes: --${name} '$pageview${list ? ',sign_up' : ''}'.`,
  );
};

/** Nothing at all, or a list of which a name is nothing. */
const isGone = (value: unknown): boolean =>
  value === true ||
  (typeof value === 'string' && value.split(',').some((part) => part.trim() === '')) ||
  (Array.isArray(value) && value.some(isGone)) ||
  (typeof value === 'object' && value !== null && 'event' in value && isGone(value.event));
