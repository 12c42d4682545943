/**
 * Loaded before the product (`node --import`): how long its event loop is held at a stretch, in milliseconds of its own thread’s processor time, so that other programs of the
 * machine do not count. Asked over the channel to the parent: `longest` answers and begins anew, `unit` answers what a known piece of work takes here and now.
 */
const microsOf = (): number => {
  const { user, system } = process.threadCpuUsage();
  return user + system;
};

let before = microsOf();
let longest = 0;
setInterval(() => {
  const now = microsOf();
  longest = Math.max(longest, now - before);
  before = now;
}, 1).unref();

/** About 50 ms of work on a quiet machine of 2026. */
const unit = (): number => {
  const began = microsOf();
  let sum = 0;
  for (let i = 0; i < 400; i++) sum = mixed(sum);
  return (microsOf() - began) / 1000 + (sum === 1 ? 1e-9 : 0);
};
const mixed = (from: number): number => {
  let sum = from;
  for (let i = 0; i < 100_000; i++) sum = (Math.imul(sum, 31) + i) | 0;
  return sum;
};

process.on('message', (asked) => {
  if (asked === 'unit') process.send?.(Math.min(unit(), unit(), unit()));
  else {
    process.send?.(longest / 1000);
    longest = 0;
  }
  before = microsOf();
});
process.channel?.unref();
