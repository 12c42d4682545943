import { amplitude } from './amplitude.ts';
import type { Dialect } from './dialect.ts';
import { jitsu } from './jitsu.ts';
import { matomo } from './matomo.ts';
import { mixpanel } from './mixpanel.ts';
import { openpanel } from './openpanel.ts';
import { plausible } from './plausible.ts';
import { posthog } from './posthog.ts';
import { rudderstack } from './rudderstack.ts';
import { segment } from './segment.ts';
import { umami } from './umami.ts';

/** Every tool whose SDKs may send here by one changed host line. */
export const dialects: readonly Dialect[] = [
  ...[segment, rudderstack, jitsu],
  ...[posthog, plausible, umami, mixpanel, matomo, amplitude, openpanel],
];
