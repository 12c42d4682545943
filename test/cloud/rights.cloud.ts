import { beforeAll, describe, expect, test } from 'vitest';
import { type Call, called, type User } from './calls.ts';
import { outputsOf } from './place.ts';
import { stacks } from './rooms.ts';
import { letAs, newUser } from './users.ts';

const output = outputsOf('product');
const Bucket = output('LakeBucket');
const DatabaseName = output('LakeDatabase');
// In no day’s folder, so that no question reads it.
const Key = 'raw/rights.parquet';

/** What a service does by a role of ours, tried out by a user who has that role’s deployed policies. Firehose itself, as the emulator plays it, asks nobody. */
describe('the role that Firehose delivers by', () => {
  const name = 'firehose';
  let firehose: User;
  beforeAll(async () => {
    firehose = await newUser(name, process.env);
    await letAs(name, [stacks.product, 'MillimetricIntakeRole'], process.env);
  });

  const refusals = async (
    calls: readonly Call[],
  ): Promise<readonly (readonly [call: string, error: string | undefined])[]> =>
    (await called(calls, process.env, firehose)).map(({ error }, i) => [
      calls[i]?.slice(0, 2).join(':') ?? '',
      error,
    ]);

  // https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html, “… to an Amazon S3 destination” and “… to AWS Glue for data format conversion”; its log is not tried, since
  // the emulator looks for that right on the group where AWS looks on the stream (test/stack/documented-rights.test.ts).
  test('may do all that AWS says Firehose does to convert records and to write them', async () => {
    const table = { DatabaseName, TableName: 'events' };
    const calls: readonly Call[] = [
      ['s3', 'get_bucket_location', { Bucket }],
      ['s3', 'list_objects_v2', { Bucket, Prefix: 'raw/' }],
      ['s3', 'list_multipart_uploads', { Bucket }],
      ['s3', 'put_object', { Bucket, Key }],
      ['s3', 'get_object', { Bucket, Key }],
      ['s3', 'put_object', { Bucket, Key: 'errors/format-conversion-failed/2026-11-21/rights' }],
      ['s3', 'create_multipart_upload', { Bucket, Key }],
      ['glue', 'get_table', { DatabaseName, Name: 'events' }],
    ];
    expect((await refusals(calls)).filter(([, error]) => error !== undefined)).toEqual([]);
    // What does not exist, or is not known to the emulator, is refused in other words than what may not be done.
    const unknown = await refusals([
      ['s3', 'abort_multipart_upload', { Bucket, Key, UploadId: 'none' }],
      ['glue', 'get_table_version', { ...table, VersionId: '0' }],
      ['glue', 'get_table_versions', table],
    ]);
    for (const [, error] of unknown) expect(error ?? '').not.toMatch(/denied/i);
  });

  test('may do no more than that', async () => {
    const calls: readonly Call[] = [
      ['s3', 'put_object', { Bucket, Key: 'spill/2026-11-21' }],
      ['s3', 'get_object', { Bucket, Key: 'spill/2026-11-21' }],
      ['s3', 'delete_object', { Bucket, Key }],
      ['s3', 'put_bucket_policy', { Bucket, Policy: '{}' }],
      ['glue', 'update_table', { DatabaseName, TableInput: { Name: 'events' } }],
      ['glue', 'get_databases', {}],
      ['firehose', 'put_record', { DeliveryStreamName: output('EventsStream'), Record: { Data: 'x' } }],
      ['dynamodb', 'scan', { TableName: output('LedgerTable') }],
      ['secretsmanager', 'get_secret_value', { SecretId: output('PepperSecret') }],
    ];
    for (const [call, error] of await refusals(calls))
      expect([call, error]).toEqual([call, expect.stringMatching(/^AccessDenied/)]);
  });
});
