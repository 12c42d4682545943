import { AthenaClient } from '@aws-sdk/client-athena';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { FirehoseClient } from '@aws-sdk/client-firehose';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Environment } from './environment.ts';

/** How long every client waits, ms. Region, credentials, AWS_ENDPOINT_URL and its forms per service the SDK reads by itself. */
const requestHandler = {
  connectionTimeout: 1_000,
  requestTimeout: 5_000,
  throwOnRequestTimeout: true,
} as const;

/** A client of its service. */
export const dynamo = (): DynamoDBClient => new DynamoDBClient({ requestHandler });
export const secrets = (): SecretsManagerClient => new SecretsManagerClient({ requestHandler });
export const athena = (): AthenaClient => new AthenaClient({ requestHandler });
/** Tries each call once: what was not taken is tried again record by record. */
export const firehose = (): FirehoseClient => new FirehoseClient({ requestHandler, maxAttempts: 1 });
/** At an address of its own (an emulator) buckets are in the path, since their names resolve to nothing. */
export const s3 = ({ AWS_ENDPOINT_URL: all, AWS_ENDPOINT_URL_S3: own = all }: Environment): S3Client =>
  new S3Client({ requestHandler, forcePathStyle: own !== undefined });
/** The same for whole files: each may take minutes, and what S3 refuses for the moment is tried again for longer. */
export const transferring = ({
  AWS_ENDPOINT_URL: all,
  AWS_ENDPOINT_URL_S3: own = all,
}: Environment): S3Client =>
  new S3Client({
    requestHandler: { ...requestHandler, requestTimeout: 180_000 },
    forcePathStyle: own !== undefined,
    maxAttempts: 6,
  });
