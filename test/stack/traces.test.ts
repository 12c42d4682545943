import { Template } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { customDomain } from './examples/custom-domain.ts';
import { synthesized, unbundledApp } from './synth.ts';

/** Emulators do not know these rules, so all there is to know of one is asserted here. */
const shape = z.object({
  SamplingRule: z
    .object({
      RuleName: z.string(),
      ResourceARN: z.object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) }),
    })
    .loose(),
});
const ruleOf = (template: Template) => {
  const [found, ...more] = Object.values(template.findResources('AWS::XRay::SamplingRule'));
  expect(more).toEqual([]);
  return shape.parse(found?.Properties).SamplingRule;
};
const idOf = (template: Template, type: string): string => Object.keys(template.findResources(type))[0] ?? '';

test.each([
  ['as it comes', synthesized().template],
  ['under a name of one’s own', Template.fromStack(customDomain(unbundledApp()))],
])('of a hundred requests to the stage one is traced, whatever it asks for: the stack %s', (_, template) => {
  const { RuleName: _name, ResourceARN, ...rule } = ruleOf(template);
  expect(rule).toEqual({
    ServiceType: 'AWS::ApiGateway::Stage',
    ServiceName: '*',
    Host: '*',
    HTTPMethod: '*',
    URLPath: '*',
    ReservoirSize: 0,
    FixedRate: 0.01,
    Priority: 1000,
    Version: 1,
  });
  // arn:aws:apigateway:eu-west-1::/restapis/<API>/stages/<stage>, which is how a rule names a stage.
  const [api, stage] = [idOf(template, 'AWS::ApiGateway::RestApi'), idOf(template, 'AWS::ApiGateway::Stage')];
  expect(ResourceARN['Fn::Join'][1]).toEqual([
    ...['arn:', { Ref: 'AWS::Partition' }, ':apigateway:', { Ref: 'AWS::Region' }],
    ...['::/restapis/', { Ref: api }, '/stages/', { Ref: stage }],
  ]);
});

test('rules of two stacks in one account have different names, of 32 letters at most', () => {
  const names = ['Millimetric', 'Millimetric-Staging', 'A'.repeat(127), 'A'.repeat(128)].map(
    (stackName) => ruleOf(synthesized({ stackName }).template).RuleName,
  );
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[A-Za-z0-9-]{1,32}$/);
});
