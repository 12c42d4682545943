import { type App, Stack, type StackProps } from 'aws-cdk-lib';
import { Millimetric } from '../../../lib/stack.ts';

/** Millimetric behind a firewall, with alarms by e-mail: a stack to copy. */
export const firewall = (app: App, props: StackProps = {}): Stack => {
  const stack = new Stack(app, 'WithFirewall', props);
  new Millimetric(stack, 'Millimetric', {
    waf: { requestsPerFiveMinutes: 5_000 },
    alarmsTo: 'ops@example.com',
  });
  return stack;
};
