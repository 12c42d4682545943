import type { Duration } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Door } from './door.ts';

/** How often a door is called, and by what name the console shows it. */
export interface Calls {
  readonly door: Door;
  readonly every: Duration;
  /** Who calls, for the role: `the schedule calls the drain`. */
  readonly who: string;
  readonly does: string;
  /** Where a call goes that Lambda did not take. */
  readonly deadLetters: IQueue;
}

/** Has a door called at regular times. A call that Lambda does not take is tried again until the next one is due, which does the same work. */
export const callRegularly = (scope: Construct, { door, every, who, does, deadLetters }: Calls): void => {
  const { functionArn } = door.lambda;
  const role = new Role(scope, 'Caller', {
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com'),
    description: `Millimetric: ${who}`,
    inlinePolicies: {
      Call: new PolicyDocument({
        statements: [
          new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [functionArn] }),
          new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [deadLetters.queueArn] }),
        ],
      }),
    },
  });
  new CfnSchedule(scope, 'Schedule', {
    description: `Millimetric: ${does}`,
    scheduleExpression: `rate(${every.toMinutes()} minutes)`,
    flexibleTimeWindow: { mode: 'OFF' },
    target: {
      arn: functionArn,
      roleArn: role.roleArn,
      // The next run does the same work, so an old one is worth little.
      retryPolicy: { maximumRetryAttempts: 2, maximumEventAgeInSeconds: every.toSeconds() },
      deadLetterConfig: { arn: deadLetters.queueArn },
    },
  });
};
