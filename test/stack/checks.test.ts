import type { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks, type NagPack, ServerlessChecks } from 'cdk-nag';
import { describe, expect, test } from 'vitest';
import { MillimetricStack } from '../../lib/stack.ts';
import { customDomain } from './examples/custom-domain.ts';
import { firewall } from './examples/firewall.ts';
import { unbundledApp } from './synth.ts';

const stacks: readonly (readonly [string, (app: App) => Stack])[] = [
  ['as it comes', (app) => new MillimetricStack(app, 'Millimetric')],
  ['under a name of one’s own', customDomain],
  ['behind a firewall', firewall],
];

/** What a pack of cdk-nag finds that nobody has given a reason for. */
const findings = (pack: NagPack, app: App): readonly string[] =>
  pack
    .validateScope(app)
    .violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => `${ruleName} at ${constructPath}`),
    );

describe.each(stacks)('the stack %s', (_, make) => {
  test.each([
    ['AwsSolutions', AwsSolutionsChecks],
    ['Serverless', ServerlessChecks],
  ])('meets the rules of %s, or says why not', (_name, Pack) => {
    const app = unbundledApp();
    Template.fromStack(make(app));
    expect(findings(new Pack(app), app)).toEqual([]);
  });
});

test('the rules do look: a plain bucket put beside is found', () => {
  const app = unbundledApp();
  new Bucket(new MillimetricStack(app, 'Millimetric'), 'Plain');
  expect(findings(new AwsSolutionsChecks(app), app).map((finding) => finding.split(' at ', 1)[0])).toEqual([
    'AwsSolutions-S1',
    'AwsSolutions-S10',
  ]);
});

describe('under a name of one’s own', () => {
  const template = Template.fromStack(customDomain(unbundledApp()));

  test('the stage is hidden: the root of the name is the stage, by TLS 1.2, IPv4 and IPv6', () => {
    template.hasResourceProperties('AWS::ApiGateway::DomainName', {
      DomainName: 'events.example.com',
      SecurityPolicy: 'TLS_1_2',
      EndpointConfiguration: { Types: ['REGIONAL'] },
    });
    const [mapping] = Object.values(template.findResources('AWS::ApiGateway::BasePathMapping'));
    expect(mapping?.Properties).not.toHaveProperty('BasePath');
    expect(mapping?.Properties.Stage.Ref).toMatch(/DeploymentStageapi/);
    for (const Type of ['A', 'AAAA'])
      template.hasResourceProperties('AWS::Route53::RecordSet', { Name: 'events.example.com.', Type });
  });

  test('the API’s own address goes on working', () => {
    expect(JSON.stringify(template.findResources('AWS::ApiGateway::RestApi'))).not.toContain(
      'DisableExecuteApiEndpoint',
    );
  });
});

describe('behind a firewall', () => {
  const template = Template.fromStack(firewall(unbundledApp()));

  test('each address may send so many requests in five minutes, and bodies are not looked into', () => {
    template.hasResourceProperties('AWS::WAFv2::WebACL', {
      Scope: 'REGIONAL',
      DefaultAction: { Allow: {} },
      Rules: [
        {
          Name: 'per-address',
          Action: { Block: {} },
          Statement: {
            RateBasedStatement: { AggregateKeyType: 'IP', EvaluationWindowSec: 300, Limit: 5000 },
          },
        },
      ],
    });
    template.resourceCountIs('AWS::WAFv2::WebACLAssociation', 1);
  });
});
