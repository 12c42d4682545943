/** The names under which the stack tells a Lambda what it may use: one list for both sides. */
export const settingNames = {
  table: 'LEDGER_TABLE',
  stream: 'EVENTS_STREAM',
  lakeBucket: 'LAKE_BUCKET',
  database: 'LAKE_DATABASE',
  workgroup: 'ATHENA_WORKGROUP',
  pepperSecret: 'PEPPER_SECRET_ARN',
} as const;

export type Setting = keyof typeof settingNames;
