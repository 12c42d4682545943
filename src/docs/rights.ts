import * as z from 'zod';

const strings = z.union([z.string(), z.array(z.string())]).transform((given) => [given].flat());
const statementShape = z.object({
  Effect: z.literal('Allow'),
  Action: strings,
  Resource: z.unknown(),
  Condition: z.record(z.string(), z.record(z.string(), strings)).optional(),
});
const document = z.object({ Statement: z.array(statementShape) });
const policyShape = z.object({ PolicyDocument: document, Roles: z.array(z.object({ Ref: z.string() })) });
const roleShape = z.object({
  Policies: z.array(z.object({ PolicyDocument: document })).default([]),
  ManagedPolicyArns: z.array(z.unknown()).default([]),
});
const joined = z.object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) });
const attribute = z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) });
const reference = z.object({ Ref: z.string() });
const templateShape = z.object({
  Resources: z.record(z.string(), z.object({ Type: z.string(), Properties: z.unknown() })),
});

/** What each role of a synthesized template may do, each once: `action on resource`, with `for` where only some keys or prefixes; ids in short. */
export const rightsOf = (template: unknown): ReadonlyMap<string, readonly string[]> => {
  const of = (type: string) =>
    Object.entries(templateShape.parse(template).Resources).filter(([, { Type }]) => Type === type);
  const rights = new Map<string, readonly string[]>();
  const add = (role: string, statements: z.infer<typeof document>['Statement']) =>
    rights.set(role, [...new Set([...(rights.get(role) ?? []), ...statements.flatMap(lines)])].sort());
  for (const [id, { Properties }] of of('AWS::IAM::Role')) {
    const { Policies, ManagedPolicyArns } = roleShape.parse(Properties);
    rights.set(
      short(id),
      ManagedPolicyArns.map((arn) => `managed ${textOf(arn)}`),
    );
    for (const { PolicyDocument } of Policies) add(short(id), PolicyDocument.Statement);
  }
  for (const [, { Properties }] of of('AWS::IAM::Policy')) {
    const { PolicyDocument, Roles } = policyShape.parse(Properties);
    for (const { Ref } of Roles) add(short(Ref), PolicyDocument.Statement);
  }
  return rights;
};

const lines = ({ Action, Resource, Condition }: z.infer<typeof statementShape>): string[] => {
  const only = Object.values(Condition ?? {}).flatMap((keys) => Object.values(keys).flat());
  const resources = [Resource].flat().map(textOf);
  return Action.flatMap((action) =>
    resources.map((resource) => `${action} on ${resource}${only.length > 0 ? ` for ${only.join(' ')}` : ''}`),
  );
};

/** An ARN as words: its parts joined, what CDK calls things without the stack’s name and hash. */
const textOf = (value: unknown): string => {
  if (typeof value === 'string') return value;
  const parts = joined.safeParse(value).data?.['Fn::Join'][1];
  if (parts !== undefined) return parts.map(textOf).join('');
  const [id] = attribute.safeParse(value).data?.['Fn::GetAtt'] ?? [];
  if (id !== undefined) return short(id);
  const ref = reference.parse(value).Ref;
  return ref.startsWith('AWS::') ? '' : short(ref);
};

const short = (id: string): string => id.replace(/^Millimetric/, '').replace(/[0-9A-F]{8}$/, '');
