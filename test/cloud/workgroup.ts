import { readFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { AthenaClient, GetWorkGroupCommand } from '@aws-sdk/client-athena';
import { type Emulator, operator } from './emulator.ts';

/** Reads from the emulator what a deployed workgroup allows one question to read, bytes; undefined where it says nothing. */
export const cutoffIn = async ({
  url,
  certificate,
}: Emulator): Promise<(workgroup: string) => Promise<number | undefined>> => {
  const client = new AthenaClient({
    endpoint: url,
    region: operator.AWS_REGION,
    credentials: { accessKeyId: operator.AWS_ACCESS_KEY_ID, secretAccessKey: operator.AWS_SECRET_ACCESS_KEY },
    // This process began before the certificate was made.
    ...(certificate === undefined
      ? {}
      : { requestHandler: { httpsAgent: new Agent({ ca: await readFile(certificate) }) } }),
  });
  return async (WorkGroup) => {
    const { WorkGroup: { Configuration: { BytesScannedCutoffPerQuery: cutoff } = {} } = {} } =
      await client.send(new GetWorkGroupCommand({ WorkGroup }));
    return cutoff;
  };
};
