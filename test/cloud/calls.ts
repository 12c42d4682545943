import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { python } from './emulator.ts';

/** A call as AWS’s client for Python names it. */
export type Call = readonly [
  service: string,
  operation: string,
  parameters: Readonly<Record<string, unknown>>,
];

/** Who calls. */
export const user = z.object({ AccessKeyId: z.string(), SecretAccessKey: z.string() });
export type User = z.infer<typeof user>;

const told = z.array(
  z.object({ answer: z.optional(z.unknown()), error: z.string().optional(), message: z.string().optional() }),
);
/** What came of a call: an answer, or an error’s code and text. */
export type Told = z.infer<typeof told>[number];

const program = fileURLToPath(new URL('./calls.py', import.meta.url));

/** Makes calls to the cloud of this environment, in order; by default as its operator. */
export const called = async (
  calls: readonly Call[],
  environment: NodeJS.ProcessEnv,
  as?: User,
): Promise<readonly Told[]> => {
  const trusting =
    environment.NODE_EXTRA_CA_CERTS === undefined ? {} : { AWS_CA_BUNDLE: environment.NODE_EXTRA_CA_CERTS };
  const being =
    as === undefined ? {} : { AWS_ACCESS_KEY_ID: as.AccessKeyId, AWS_SECRET_ACCESS_KEY: as.SecretAccessKey };
  const child = spawn(python, [program], {
    env: { ...environment, ...trusting, ...being },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(JSON.stringify(calls));
  return told.parse(JSON.parse(Buffer.concat(await child.stdout.toArray()).toString()));
};
