import { answerTo, help } from '../lib/cost/order.ts';

try {
  process.stdout.write(answerTo(process.argv.slice(2)));
} catch (thrown) {
  process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n\n${help}`);
  process.exitCode = 2;
}
