import { describe, expect, test } from 'vitest';
import { rightsOf } from '../../src/docs/rights.ts';
import { synthesized } from './synth.ts';

/**
 * What services of AWS do by roles of ours, as their makers write it down; `test/cloud/rights.cloud.ts` tries the calls of Firehose out, and every question there is answered
 * with the rights of a door alone. That a role may do nothing else is for rights.test.ts.
 */
const { template } = synthesized();
const rights = rightsOf(template.toJSON());
const catalog = [
  'arn::glue:::catalog',
  'arn::glue:::database/LakeDatabase',
  'arn::glue:::table/LakeDatabase/LakeEventsTable',
];
const on = (actions: readonly string[], ...resources: readonly string[]) =>
  actions.flatMap((action) => resources.map((resource) => `${action} on ${resource}`));
const lacking = (role: string, wanted: readonly string[]) =>
  wanted.filter((right) => !rights.get(role)?.includes(right));

describe('Firehose may do what https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html asks for', () => {
  test.each([
    [
      'to write to a bucket: the bucket',
      on(['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'], 'LakeBucket'),
    ],
    [
      'to write to a bucket: what it writes',
      on(
        ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'],
        'LakeBucket/raw/*',
        'LakeBucket/errors/*',
      ),
    ],
    [
      'to convert records by a table of Glue',
      on(['glue:GetTable', 'glue:GetTableVersion', 'glue:GetTableVersions'], ...catalog),
    ],
    ['to log what went wrong', on(['logs:PutLogEvents'], 'IntakeLog')],
  ])('%s', (_, wanted) => {
    expect(lacking('IntakeRole', wanted)).toEqual([]);
  });

  test('in the two places that the stream is told to write to, and by this role alone', () => {
    const [{ Properties } = { Properties: {} }] = Object.values(
      template.findResources('AWS::KinesisFirehose::DeliveryStream'),
    );
    const destination = Properties.ExtendedS3DestinationConfiguration;
    expect([destination.Prefix.split('/')[0], destination.ErrorOutputPrefix.split('/')[0]]).toEqual([
      'raw',
      'errors',
    ]);
    const role = { 'Fn::GetAtt': [expect.stringContaining('IntakeRole'), 'Arn'] };
    expect([
      destination.RoleARN,
      destination.DataFormatConversionConfiguration.SchemaConfiguration.RoleARN,
    ]).toEqual([role, role]);
  });
});

describe.each(['DoorsQueryRole', 'DoorsMcpRole'])('%s may do what Athena does for who asks', (role) => {
  test.each([
    [
      'ask in one workgroup: https://docs.aws.amazon.com/athena/latest/ug/example-policies-workgroup.html',
      on(
        [
          'athena:StartQueryExecution',
          'athena:GetQueryExecution',
          'athena:GetQueryResults',
          'athena:StopQueryExecution',
        ],
        'arn::athena:::workgroup/Millimetric-Lake-CA4AF0E8',
      ),
    ],
    // Partitions are projected from the table’s own properties, so none is looked up (athena/latest/ug/partition-projection.html).
    [
      'read a table, and what it lies in: https://docs.aws.amazon.com/athena/latest/ug/fine-grained-access-to-glue-resources.html',
      on(['glue:GetDatabase', 'glue:GetTable'], ...catalog),
    ],
    [
      'look whether there is a database of Athena’s own, and make it: the same page, “to the default database”',
      on(['glue:GetDatabase', 'glue:CreateDatabase'], 'arn::glue:::catalog', 'arn::glue:::database/default'),
    ],
    [
      'read the table’s files: https://docs.aws.amazon.com/athena/latest/ug/s3-permissions.html',
      [
        ...on(['s3:GetBucketLocation'], 'LakeBucket'),
        ...on(['s3:GetObject'], 'LakeBucket/raw/*'),
        's3:ListBucket on LakeBucket for raw/*',
      ],
    ],
  ])('%s', (_, wanted) => {
    expect(lacking(role, wanted)).toEqual([]);
  });

  test('and needs no place for results, which Athena keeps itself', () => {
    template.hasResourceProperties('AWS::Athena::WorkGroup', {
      WorkGroupConfiguration: { ManagedQueryResultsConfiguration: { Enabled: true } },
    });
    expect(rights.get(role)?.filter((right) => right.startsWith('s3:Put'))).toEqual(
      role === 'DoorsMcpRole' ? ['s3:PutObject on LakeBucket/spill/*'] : [],
    );
  });
});
