import { type FunctionConfiguration, InvokeCommand, LambdaClient, paginateListFunctions, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { outputsOf } from './place.ts';

const client = new LambdaClient({});

const started = z.object({ keys: z.object({ pk: z.string(), sk: z.string(), rk: z.string(), ak: z.string() }).nullable(), active: z.array(z.string()) });

/** Gives the product’s init function an order, as an operator; its answer. */
export const firstStart = async (order: unknown): Promise<z.infer<typeof started>> => {
  const { Payload: payload } = await client.send(new InvokeCommand({ FunctionName: outputsOf('product')('InitFunction'), Payload: JSON.stringify(order) }));
  return started.parse(JSON.parse(Buffer.from(payload ?? []).toString()));
};

/** The product’s function that does this, by its description. */
const functionThat = async (does: string): Promise<FunctionConfiguration> => {
  for await (const { Functions: page = [] } of paginateListFunctions({ client }, {})) {
    const found = page.find(({ Description: text }) => text === `Millimetric: ${does}`);
    if (found !== undefined) return found;
  }
  throw new Error(`no function ${does}`);
};

/** Has a function run, and does not wait for its end. */
export const calledLater = async (does: string): Promise<void> => {
  const { FunctionName } = await functionThat(does);
  await client.send(new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: '{}' }));
};

/** Replaces a function’s instances by new ones, as any change of its configuration does. */
export const recycled = async (does: string): Promise<void> => {
  const { FunctionName, Environment: { Variables: given = {} } = {} } = await functionThat(does);
  await client.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables: { ...given, RECYCLED: String(Date.now()) } } }));
};
