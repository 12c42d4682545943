import * as z from 'zod';

const record = z.record(z.string(), z.unknown());
const resource = z.looseObject({ Type: z.string(), Properties: record.optional() });
const template = z.looseObject({ Resources: z.record(z.string(), resource) });
type Template = z.infer<typeof template>;

/** The template as it must be for the emulator. Each change has its reason; all else is deployed as it was synthesized. `without`: an action that nobody is let do. */
export const localised = (text: string, { without }: { readonly without: string | undefined }): string => {
  const changes: readonly ((synthesized: Template) => Template)[] = [
    known,
    secretsByArn,
    ...(without === undefined ? [] : [(synthesized: Template) => lacking(synthesized, without)]),
  ];
  return JSON.stringify(
    changes.reduce((changed, change) => change(changed), template.parse(JSON.parse(text))),
  );
};

/** The template without what the emulator has never heard of, all else as it was synthesized. Says what was left out. */
export const withoutUnknown = (text: string): string =>
  JSON.stringify(known(template.parse(JSON.parse(text))));

/** It refuses a whole template for one resource of such a type. What stands here must be tested on the template alone (test/stack/). */
const unknown: readonly string[] = ['AWS::XRay::SamplingRule'];

const known = (synthesized: Template): Template => {
  const isUnknown = ([, { Type }]: readonly [string, { readonly Type: string }]): boolean =>
    unknown.includes(Type);
  const all = Object.entries(synthesized.Resources);
  for (const [id, { Type }] of all.filter(isUnknown))
    console.warn(
      `*** NOT DEPLOYED: ${id}. The emulator knows no ${Type}; test/stack/ looks at it in the template. ***`,
    );
  return { ...synthesized, Resources: Object.fromEntries(all.filter((each) => !isUnknown(each))) };
};

/** `Ref` of a secret is its ARN on AWS and its name here, which no right fits; the attribute `Id` is the ARN in both. */
const secretsByArn = (synthesized: Template): Template => {
  const isSecret = (id: unknown): boolean =>
    typeof id === 'string' && synthesized.Resources[id]?.Type === 'AWS::SecretsManager::Secret';
  return template.parse(
    everywhere(synthesized, (value) => (isSecret(value.Ref) ? { 'Fn::GetAtt': [value.Ref, 'Id'] } : value)),
  );
};

/** A slip on purpose: nobody may do this any more. What answers then without a failure is not tested under rights. */
const lacking = (synthesized: Template, action: string): Template =>
  template.parse(
    everywhere(synthesized, (value) => {
      const granted = z.union([z.string(), z.array(z.string())]).safeParse(value.Action).data;
      if (granted === undefined) return value;
      const others = [granted].flat().filter((each) => each !== action);
      // A statement must name something.
      return { ...value, Action: others.length === 0 ? ['none:none'] : others };
    }),
  );

/** A value with each object inside it changed, the innermost first. */
const everywhere = (
  value: unknown,
  change: (object: Readonly<Record<string, unknown>>) => unknown,
): unknown => {
  if (Array.isArray(value)) return value.map((each) => everywhere(each, change));
  const object = record.safeParse(value).data;
  if (object === undefined) return value;
  return change(
    Object.fromEntries(Object.entries(object).map(([name, each]) => [name, everywhere(each, change)])),
  );
};
