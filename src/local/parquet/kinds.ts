/** What files hold: events, the identifications among them once more, and once more those that overrule a browser’s copy, which is among the events too. */
export const lakeKinds = ['events', 'identifies', 'overrules'] as const;
export type LakeKind = (typeof lakeKinds)[number];
