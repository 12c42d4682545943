import * as z from 'zod';
import { type Call, called, type User, user } from './calls.ts';

const made = z.object({ AccessKey: user });
const resources = z.object({
  StackResources: z.array(
    z.object({ LogicalResourceId: z.string(), PhysicalResourceId: z.string(), ResourceType: z.string() }),
  ),
});
const listed = z.object({ PolicyNames: z.array(z.string()) });
const policy = z.object({ PolicyName: z.string(), PolicyDocument: z.unknown() });

/** Answers of calls by the operator, none of which may fail. */
const answers = async (calls: readonly Call[], environment: NodeJS.ProcessEnv): Promise<readonly unknown[]> =>
  (await called(calls, environment)).map(({ answer, error, message }, i) => {
    if (error !== undefined) throw new Error(`${calls[i]?.[1]}: ${error} ${message}`);
    return answer;
  });

/** What the one resource of a stack is called whose type is this and whose logical id begins so. */
export const nameOf = async (
  { stack, type, id }: { readonly stack: string; readonly type: string; readonly id: string },
  environment: NodeJS.ProcessEnv,
): Promise<string> => {
  const [found] = await answers(
    [['cloudformation', 'describe_stack_resources', { StackName: stack }]],
    environment,
  );
  const [one, ...more] = resources
    .parse(found)
    .StackResources.filter((each) => each.ResourceType === type && each.LogicalResourceId.startsWith(id));
  if (one === undefined || more.length > 0) throw new Error(`the stack ${stack} has not one ${type} ${id}`);
  return one.PhysicalResourceId;
};

/** A user of the account who may do nothing yet. A service that acts by a role is played by one: a role’s own keys end, and nobody but the service gets them. */
export const newUser = async (UserName: string, environment: NodeJS.ProcessEnv): Promise<User> => {
  const [, key] = await answers(
    [
      ['iam', 'create_user', { UserName }],
      ['iam', 'create_access_key', { UserName }],
    ],
    environment,
  );
  return made.parse(key).AccessKey;
};

/** Lets a user do what a stack’s role may: it gets the very policies that were deployed for it. `role`: how its logical id begins. */
export const letAs = async (
  UserName: string,
  [stack, role]: readonly [stack: string, role: string],
  environment: NodeJS.ProcessEnv,
): Promise<void> => {
  const RoleName = await nameOf({ stack, type: 'AWS::IAM::Role', id: role }, environment);
  const [names] = await answers([['iam', 'list_role_policies', { RoleName }]], environment);
  const policies = await answers(
    listed.parse(names).PolicyNames.map((PolicyName) => ['iam', 'get_role_policy', { RoleName, PolicyName }]),
    environment,
  );
  const puts = policies.map((given): Call => {
    const { PolicyName, PolicyDocument: document } = policy.parse(given);
    return [
      'iam',
      'put_user_policy',
      { UserName, PolicyName: `${stack}-${PolicyName}`, PolicyDocument: JSON.stringify(document) },
    ];
  });
  await answers(puts, environment);
};
