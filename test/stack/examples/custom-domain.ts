import { type App, Stack, type StackProps } from 'aws-cdk-lib';
import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Millimetric } from '../../../lib/stack.ts';

/** Millimetric as `events.example.com`, with certificate and records in a Route 53 zone you have: a stack to copy. */
export const customDomain = (app: App, props: StackProps = {}): Stack => {
  const stack = new Stack(app, 'WithDomain', props);
  const zone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', {
    hostedZoneId: 'Z0123456789EXAMPLE',
    zoneName: 'example.com',
  });
  const name = 'events.example.com';
  const certificate = new Certificate(stack, 'Certificate', {
    domainName: name,
    validation: CertificateValidation.fromDns(zone),
  });
  new Millimetric(stack, 'Millimetric', { domain: { name, certificate, zone } });
  return stack;
};
