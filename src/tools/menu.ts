/** What a tool is for, in the fewest words, and the family a connection may choose it by. */
interface MenuRow {
  readonly group: 'counting' | 'web' | 'behaviour' | 'people' | 'change' | 'events';
  readonly use: string;
}

/** One row for each tool, in the words of someone who asks; the instructions are made of these. */
export const menu: Readonly<Record<string, MenuRow>> = {
  describe_data: { group: 'events', use: 'which events, properties and values there are' },
  query_events: { group: 'events', use: 'single events' },
  track_event: { group: 'events', use: 'writes one event' },
  get_stats: { group: 'counting', use: 'one number: counts, people, sums, percentiles' },
  trends: { group: 'counting', use: 'several series, formulas, rolling averages' },
  overview: { group: 'web', use: 'how the site is doing; where visits come from' },
  pages: { group: 'web', use: 'which pages are seen, entered, left' },
  top_sources: { group: 'web', use: 'sources of events, page by page' },
  attribution: { group: 'web', use: 'which sources get credit for a conversion' },
  funnel: { group: 'behaviour', use: 'steps in order, conversion, time between' },
  retention: { group: 'behaviour', use: 'who comes back' },
  flow: { group: 'behaviour', use: 'what comes after or before' },
  active_people: { group: 'behaviour', use: 'daily, weekly, monthly active, stickiness' },
  lifecycle: { group: 'behaviour', use: 'new, returning, resurrecting, dormant' },
  engagement: { group: 'behaviour', use: 'how often, how recently' },
  find_people: { group: 'people', use: 'who matches' },
  person: { group: 'people', use: 'one person and their timeline' },
  query_sessions: { group: 'people', use: 'single visits' },
  explain_change: { group: 'change', use: 'why a number rose or fell' },
  anomalies: { group: 'change', use: 'drops, spikes, silence' },
  data_health: { group: 'change', use: 'can the data be trusted' },
};
