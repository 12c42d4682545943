import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { zipSync } from 'fflate';
import * as z from 'zod';
import { account, operator } from './emulator.ts';
import { localised } from './localise.ts';
import { stacks, synthesize } from './rooms.ts';

/**
 * `node test/cloud/deploy.ts FOLDER`: synthesizes the stacks and deploys them to AWS_ENDPOINT_URL without the CDK CLI, whose upload of assets fails where rights are enforced.
 * Writes FOLDER/outputs.json: stack → output → value. MILLIMETRIC_CLOUD_WITHOUT=action deploys with nobody allowed to do that.
 */
const [folder = ''] = process.argv.slice(2);
const assembly = join(folder, 'cdk.out');
const region = operator.AWS_REGION;
const s3 = new S3Client({ forcePathStyle: true });
const cloudFormation = new CloudFormationClient({});
const asset = z.object({
  source: z.object({ path: z.string(), packaging: z.enum(['file', 'zip']) }),
  destinations: z.record(z.string(), z.object({ bucketName: z.string(), objectKey: z.string() })),
});
const assets = z.object({ files: z.record(z.string(), asset) });

await mkdir(assembly, { recursive: true });
synthesize(assembly);
// The one thing of `cdk bootstrap` that a template asks for.
await new SSMClient({}).send(
  new PutParameterCommand({
    Name: '/cdk-bootstrap/hnb659fds/version',
    Value: '30',
    Type: 'String',
    Overwrite: true,
  }),
);
/** Keys that were uploaded: installations are made of the same functions. */
const uploaded = new Set<string>();
const outputs: Record<string, Record<string, string>> = {};
for (const stack of Object.values(stacks)) {
  const began = performance.now();
  outputs[stack] = await created(stack, await published(stack));
  console.log(`deployed ${stack}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
}
await writeFile(join(folder, 'outputs.json'), JSON.stringify(outputs));

/** Uploads what a stack is made of; the address of its template. */
async function published(stack: string): Promise<string> {
  let at = '';
  const { files } = assets.parse(JSON.parse(await readFile(join(assembly, `${stack}.assets.json`), 'utf8')));
  for (const { source, destinations } of Object.values(files)) {
    const path = join(assembly, source.path);
    const isTemplate = path.endsWith('.template.json');
    const keys = Object.values(destinations).map(({ objectKey }) => objectKey);
    if (keys.every((key) => uploaded.has(key))) continue;
    for (const key of keys) uploaded.add(key);
    const body =
      source.packaging === 'zip' ? zipSync(await contents(path), { level: 1 }) : await readFile(path);
    for (const { bucketName, objectKey: Key } of Object.values(destinations)) {
      const Bucket = bucketName
        .replaceAll(`\${AWS::AccountId}`, account)
        .replaceAll(`\${AWS::Region}`, region);
      await s3
        .send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: region } }))
        .catch((thrown: unknown) => {
          if (!(thrown instanceof Error) || thrown.name !== 'BucketAlreadyOwnedByYou') throw thrown;
        });
      const Body = isTemplate
        ? localised(body.toString(), { without: process.env.MILLIMETRIC_CLOUD_WITHOUT })
        : body;
      await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
      if (isTemplate) at = `${process.env.AWS_ENDPOINT_URL}/${Bucket}/${Key}`;
    }
  }
  return at;
}

async function contents(folder: string): Promise<Record<string, Uint8Array>> {
  const files = (await readdir(folder, { withFileTypes: true, recursive: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    await Promise.all(
      files.map(async (file) => [relative(folder, file), new Uint8Array(await readFile(file))] as const),
    ),
  );
}

async function created(StackName: string, TemplateURL: string): Promise<Record<string, string>> {
  await cloudFormation.send(
    new CreateStackCommand({
      StackName,
      TemplateURL,
      Capabilities: ['CAPABILITY_NAMED_IAM'],
      OnFailure: 'DO_NOTHING',
    }),
  );
  for (;;) {
    const { Stacks: [stack] = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName }));
    if (stack?.StackStatus === 'CREATE_COMPLETE')
      return Object.fromEntries(
        (stack.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
      );
    if (stack?.StackStatus !== 'CREATE_IN_PROGRESS') break;
    await setTimeout(100);
  }
  const { StackEvents: events = [] } = await cloudFormation.send(
    new DescribeStackEventsCommand({ StackName }),
  );
  const failures = events.filter(({ ResourceStatus = '' }) => ResourceStatus.endsWith('FAILED'));
  throw new Error(
    [
      `${StackName} could not be created:`,
      ...failures.map(
        (event) => `${event.LogicalResourceId} (${event.ResourceType}): ${event.ResourceStatusReason}`,
      ),
    ].join('\n'),
  );
}
