import { Names } from 'aws-cdk-lib';
import type { Stage } from 'aws-cdk-lib/aws-apigateway';
import { CfnSamplingRule } from 'aws-cdk-lib/aws-xray';
import type { Construct } from 'constructs';

/**
 * Has X-Ray record one request in a hundred to this stage. The gateway decides for each request and the functions it calls follow, so this rule holds for all of them; those that
 * are called in other ways (the drain, `init`) are recorded as Lambda sees fit, which nobody can set.
 */
export const recordSome = (scope: Construct, stage: Stage): void => {
  new CfnSamplingRule(scope, 'Traces', {
    samplingRule: {
      // Unique in the account and region.
      ruleName: Names.uniqueResourceName(scope, { maxLength: 32, separator: '-' }),
      version: 1,
      // There is room before it for a rule by which an operator looks closer for a while.
      priority: 1_000,
      serviceType: 'AWS::ApiGateway::Stage',
      resourceArn: stage.stageArn,
      ...{ serviceName: '*', host: '*', httpMethod: '*', urlPath: '*' },
      // One a second at least, AWS's default, would be 2.6 million traces a month.
      reservoirSize: 0,
      fixedRate: 0.01,
    },
  });
};
