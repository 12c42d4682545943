/** How often the parent is looked for, ms. */
const lookMs = 500;

/**
 * Calls `gone` once, when the process that started this one has ended. npm, told to stop, may end and leave what it runs behind, unsignalled; whoever stopped npm meant both. Nothing is
 * watched where npm did not start it, since a server may well outlive the shell it was started from.
 */
export const whenNpmEnds = (
  env: Readonly<Record<string, string | undefined>>,
  parent: () => number,
  gone: () => void,
): void => {
  if (env.npm_lifecycle_event === undefined) return;
  const first = parent();
  const look = setInterval(() => {
    if (parent() === first) return;
    clearInterval(look);
    gone();
  }, lookMs);
  look.unref();
};
