import { App, type StackProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import config from '../../cdk.json' with { type: 'json' };
import { type MillimetricProps, MillimetricStack } from '../../lib/stack.ts';

/** An app as `npx cdk` makes it from cdk.json, but without bundling the functions and without CDK's own check of the template, which takes five seconds. */
export const unbundledApp = (): App =>
  new App({
    context: { ...config.context, 'aws:cdk:bundling-stacks': [] },
    builtinCloudFormationValidation: false,
    analyticsReporting: false,
  });

/** The stack with these settings, and its template. */
export const synthesized = (props: MillimetricProps & StackProps = {}) => {
  const app = unbundledApp();
  const stack = new MillimetricStack(app, 'Millimetric', props);
  return { app, stack, template: Template.fromStack(stack) };
};
