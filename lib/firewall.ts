import type { Stage } from 'aws-cdk-lib/aws-apigateway';
import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { firewallWindowSeconds } from './gateway-responses.ts';

/** A firewall before the API. */
export interface FirewallProps {
  /** How many requests one address may send in five minutes, 10 or more; what comes beyond is answered 429. */
  readonly requestsPerFiveMinutes: number;
}

/**
 * One rule, by address. Amazon’s ready-made rules are left out: they refuse bodies over 8 KB and text that looks like SQL or script, and both are what events are made of.
 */
export class Firewall extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { requestsPerFiveMinutes, stage }: FirewallProps & { readonly stage: Stage },
  ) {
    super(scope, id);
    const seen = (metricName: string) => ({
      cloudWatchMetricsEnabled: true,
      metricName,
      sampledRequestsEnabled: false,
    });
    const acl = new CfnWebACL(this, 'Acl', {
      description: 'Millimetric: how much one address may send',
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: seen('all'),
      rules: [
        {
          name: 'per-address',
          priority: 0,
          action: { block: {} },
          statement: {
            rateBasedStatement: {
              aggregateKeyType: 'IP',
              limit: requestsPerFiveMinutes,
              evaluationWindowSec: firewallWindowSeconds,
            },
          },
          visibilityConfig: seen('per-address'),
        },
      ],
    });
    new CfnWebACLAssociation(this, 'OnStage', { resourceArn: stage.stageArn, webAclArn: acl.attrArn });
  }
}
