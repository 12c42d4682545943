import {
  type FunctionConfiguration,
  InvokeCommand,
  LambdaClient,
  paginateListFunctions,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { command, outputsOf } from './place.ts';
import { type Installation, stacks } from './rooms.ts';

const client = new LambdaClient({});

const started = z.object({
  keys: z.object({ pk: z.string(), sk: z.string(), rk: z.string(), ak: z.string() }).nullable(),
  active: z.array(z.string()),
});

/** Gives an installation’s init function an order, as an operator; its answer. */
export const firstStart = async (
  installation: Installation,
  order: unknown,
): Promise<z.infer<typeof started>> => {
  const { Payload: payload } = await client.send(
    new InvokeCommand({
      FunctionName: outputsOf(installation)('InitFunction'),
      Payload: JSON.stringify(order),
    }),
  );
  return started.parse(JSON.parse(Buffer.from(payload ?? []).toString()));
};

/** An installation’s function that does this, by its description. */
const functionThat = async (installation: Installation, does: string): Promise<FunctionConfiguration> => {
  for await (const { Functions: page = [] } of paginateListFunctions({ client }, {})) {
    const found = page.find(
      ({ Description: text, FunctionName: name }) =>
        text === `Millimetric: ${does}` && name?.startsWith(`${stacks[installation]}-`),
    );
    if (found !== undefined) return found;
  }
  throw new Error(`no function ${does}`);
};

/** Has a function run, and does not wait for its end. */
export const calledLater = async (installation: Installation, does: string): Promise<void> => {
  const { FunctionName } = await functionThat(installation, does);
  await client.send(new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: '{}' }));
};

/** Replaces a function’s instances by new ones, as any change of its configuration does. */
export const recycled = async (installation: Installation, does: string): Promise<void> => {
  const { FunctionName, Environment: { Variables: given = {} } = {} } = await functionThat(
    installation,
    does,
  );
  await client.send(
    new UpdateFunctionConfigurationCommand({
      FunctionName,
      Environment: { Variables: { ...given, RECYCLED: String(Date.now()) } },
    }),
  );
};

/** Ends a function’s processes in the middle of whatever they do, as when a machine of Amazon’s fails. Rejects where none runs. */
export const killed = async (installation: Installation, does: string): Promise<void> => {
  const { FunctionName: kill = '' } = await functionThat(installation, does);
  await command({ kill });
};
