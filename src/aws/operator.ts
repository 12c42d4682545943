import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { Problem } from '../problems.ts';
import { nameOf } from './upstream.ts';

/** What an operator does with a deployed stack, with AWS credentials of their own. */
export interface StackOperator {
  /** The stack’s outputs, once its first deploy is done. Rejects with a Problem that says what stands in the way. */
  readonly outputs: (stack: string) => Promise<Readonly<Record<string, string>>>;
  /** Calls a function with an order and gives its answer. Rejects with a Problem: ours, or with the function’s own sentence. Calls once: what it did is not known when no answer comes. */
  readonly call: (name: string, order: unknown) => Promise<unknown>;
}

/** Longer than the function that is called may run. */
const patienceMs = 35_000;

/** The operator of this region, by default the one the credentials’ profile names. Both clients honour AWS_ENDPOINT_URL and its forms per service. */
export const openOperator = (region?: string): StackOperator => {
  const where = {
    ...(region === undefined ? {} : { region }),
    requestHandler: { connectionTimeout: 5_000, requestTimeout: patienceMs },
  };
  const cloudFormation = new CloudFormationClient({ ...where, maxAttempts: 2 });
  const lambda = new LambdaClient({ ...where, maxAttempts: 1 });
  const place = (): Promise<string> => cloudFormation.config.region();

  return {
    outputs: async (name) => {
      const { Stacks: [stack] = [] } = await cloudFormation
        .send(new DescribeStacksCommand({ StackName: name }))
        .catch(async (thrown: unknown) => {
          // CloudFormation has no error of its own for it.
          if (nameOf(thrown) === 'ValidationError')
            throw refused(
              `There is no stack ${name} in ${await place()}. Check the name and \`--region\`; \`npx cdk deploy\` makes one.`,
              thrown,
            );
          throw await because(
            thrown,
            place,
            `read the stack ${name}: they need cloudformation:DescribeStacks on it`,
          );
        });
      const { StackStatus: status = '', Outputs: listed = [] } = stack ?? {};
      const outputs = Object.fromEntries(
        listed.map(({ OutputKey: key = '', OutputValue: value = '' }) => [key, value]),
      );
      if (status === 'CREATE_IN_PROGRESS' || status === 'REVIEW_IN_PROGRESS')
        throw refused(
          `The stack ${name} is still being made (${status}). Wait until its deploy is done, then run this again.`,
        );
      if (/^(CREATE_FAILED|ROLLBACK_|DELETE_)/.test(status))
        throw refused(
          `The stack ${name} cannot be used (${status}): its first deploy failed, or it is being deleted. Delete it and deploy again.`,
        );
      return outputs;
    },
    call: async (name, order) => {
      const invoked = new InvokeCommand({ FunctionName: name, Payload: Buffer.from(JSON.stringify(order)) });
      const { FunctionError: failed, Payload: payload } = await lambda
        .send(invoked)
        .catch(async (thrown: unknown) => {
          if (nameOf(thrown) === 'ResourceNotFoundException')
            throw refused(
              `The function ${name} is not there, though the stack names it. Deploy the stack again.`,
              thrown,
            );
          throw await because(
            thrown,
            place,
            `call the function ${name}: they need lambda:InvokeFunction on it`,
          );
        });
      const answer = jsonIn(Buffer.from(payload ?? []).toString());
      if (failed !== undefined)
        throw refused(
          `The function ${name} refused: ${failure.safeParse(answer).data?.errorMessage ?? failed}`,
        );
      return answer;
    },
  };
};

/** How Lambda tells of an error that was thrown inside. */
const failure = z.object({ errorMessage: z.string() });

const refused = (sentence: string, cause?: unknown): Problem =>
  new Problem('upstream_failed', sentence, { cause });

/** A failure of AWS as what to do about it. `may`: what the credentials lack if it was a matter of rights. */
const because = async (thrown: unknown, place: () => Promise<string>, may: string): Promise<Problem> => {
  const { message, code } = told(thrown);
  const name = nameOf(thrown);
  if (/^Region (is missing|not accepted)/.test(message))
    return refused('Which region? Pass `--region`, e.g. --region eu-west-1, or set AWS_REGION.', thrown);
  if (name === 'CredentialsProviderError')
    return refused(
      'No AWS credentials were found. Sign in (`aws configure`, `aws sso login`), or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and its secret.',
      thrown,
    );
  if (
    /^(ExpiredToken|InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|InvalidSignature|IncompleteSignature|InvalidAccessKeyId|AuthFailure)/.test(
      name,
    )
  )
    return refused(
      `AWS does not take these credentials (${name}). Sign in again, or choose others with AWS_PROFILE.`,
      thrown,
    );
  if (/^AccessDenied|^Forbidden/.test(name)) return refused(`These AWS credentials may not ${may}.`, thrown);
  if (code !== '' || name === 'TimeoutError')
    return refused(
      `AWS does not answer in ${await place()} (${code || name}). Check \`--region\`, the network, and AWS_ENDPOINT_URL if it is set.`,
      thrown,
    );
  return refused(`AWS answered ${name}: ${message} Try again in a moment.`, thrown);
};

const spoken = z.object({ message: z.string().default(''), code: z.string().default('') });
const told = (thrown: unknown): z.infer<typeof spoken> =>
  spoken.safeParse(thrown).data ?? { message: String(thrown), code: '' };

const jsonIn = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
