import { randomUUID } from 'node:crypto';
import { insist, refusal } from './call.ts';
import type { Command } from './command.ts';
import type { Flags, Given } from './flags.ts';
import { installationFlags, installationOf } from './installation.ts';
import { exits, wrongUsage } from './stop.ts';
import { typedValue } from './typed-value.ts';

/** Flags that are fields of a track body, and the field’s name. `--url` names the installation, so the page is `--page`. */
const fields = {
  'user-id': { field: 'user_id', value: 'ID', does: 'Who did it, once known.' },
  'anonymous-id': {
    field: 'anonymous_id',
    value: 'ID',
    does: 'The browser or device. With neither id the server makes a cookieless one.',
  },
  'session-id': { field: 'session_id', value: 'ID', does: 'The session, if you keep your own.' },
  'event-id': {
    field: 'event_id',
    value: 'ID',
    does: 'Your own id of the event: sent twice it counts once. Default: a random one.',
  },
  timestamp: { field: 'timestamp', value: 'TIME', does: 'ISO 8601 with its zone. Default: now.' },
  page: { field: 'url', value: 'URL', does: 'Address of the page.' },
  path: { field: 'path', value: 'PATH', does: 'Its path. Default: that of --page.' },
  referrer: { field: 'referrer', value: 'URL', does: 'Where the visitor came from.' },
  ip: { field: 'ip', value: 'ADDRESS', does: 'The visitor’s address, for the country; never stored.' },
  'user-agent': { field: 'user_agent', value: 'TEXT', does: 'The visitor’s user agent.' },
} as const satisfies Record<string, Flags[string] & { readonly field: string }>;

/** `millimetric track`: one event. */
export const track: Command = {
  takes: 'EVENT',
  does: 'Send one event.',
  flags: {
    property: {
      value: 'NAME=VALUE',
      does: 'A property; may be repeated. Numbers, true, false and JSON are sent as such.',
    },
    ...fields,
    ...installationFlags,
  },
  more: '  millimetric track sign_up --user-id u_1 --property plan=pro --property seats=3',
  run: async (given, terminal) => {
    const [event, ...surplus] = given.words;
    if (event === undefined || event.trim() === '')
      throw wrongUsage(
        "Which event? `millimetric track sign_up`. A name that begins with $ wants single quotes, for the shell: `millimetric track '$pageview'`.",
      );
    if (surplus.length > 0)
      throw wrongUsage(
        `\`${surplus[0]}\` belongs to no flag: properties are written \`--property name=value\`.`,
      );
    const body = {
      event,
      event_id: randomUUID(),
      ...fieldsOf(given),
      ...propertiesOf(given.texts('property')),
    };
    const installation = await installationOf(given, terminal, 'sk');
    const reply = await insist(installation, '/v1/track', JSON.stringify(body), terminal, { tries: 3 });
    if (reply.status !== 202) throw refusal(reply, installation.url);
    terminal.out(`Stored ${event} as ${body.event_id}.\n`);
    return exits.done;
  },
};

const fieldsOf = (given: Given): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([flag, { field }]) => {
      const text = given.text(flag);
      return text === undefined ? [] : [[field, text] as const];
    }),
  );

function propertiesOf(pairs: readonly string[]): { readonly properties?: Readonly<Record<string, unknown>> } {
  if (pairs.length === 0) return {};
  return {
    properties: Object.fromEntries(
      pairs.map((pair) => {
        const equals = pair.indexOf('=');
        if (equals < 1) throw wrongUsage(`\`--property\` takes name=value; \`${pair}\` was given.`);
        return [pair.slice(0, equals), typedValue(pair.slice(equals + 1))];
      }),
    ),
  };
}
