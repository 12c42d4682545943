import { parsedJson } from '../parsed-json.ts';

/** An export of another tool, seen by names that only it has together. */
interface Tool {
  readonly name: string;
  /** Dotted paths that a line has; of each list one. */
  readonly signs: readonly (readonly string[])[];
  /** How its lines become ours, as a program for jq. */
  readonly jq: string;
}

const tools: readonly Tool[] = [
  {
    name: 'a raw export of Mixpanel',
    signs: [['event'], ['properties.distinct_id', 'properties.$insert_id'], ['properties.time']],
    jq: '{event, event_id: .properties["$insert_id"], timestamp: (.properties.time | todate), anonymous_id: .properties.distinct_id, properties}',
  },
  {
    name: 'an export of Segment or RudderStack',
    signs: [['messageId'], ['anonymousId', 'userId']],
    jq: '{event: (.event // "$pageview"), event_id: .messageId, timestamp, anonymous_id: .anonymousId, user_id: .userId, url: .context.page.url, referrer: .context.page.referrer, properties}',
  },
  {
    name: 'an export of PostHog',
    signs: [['distinct_id'], ['uuid', 'person_id', 'elements_chain', 'properties.$lib'], ['event']],
    jq: '{event, event_id: .uuid, timestamp, anonymous_id: .distinct_id, url: .properties["$current_url"], referrer: .properties["$referrer"], properties}',
  },
  {
    name: 'an export of Amplitude',
    signs: [['event_type'], ['event_time', 'client_event_time'], ['device_id', 'user_id', 'amplitude_id']],
    jq: '{event: .event_type, event_id: (.insert_id // ."$insert_id"), timestamp: ((.event_time | sub(" "; "T")) + "Z"), anonymous_id: .device_id, user_id, properties: .event_properties}',
  },
  {
    name: 'an export of Google Analytics 4 from BigQuery',
    signs: [['event_name'], ['event_timestamp', 'event_date'], ['user_pseudo_id']],
    jq: '{event: .event_name, timestamp: ((.event_timestamp | tonumber) / 1000000 | floor | todate), anonymous_id: .user_pseudo_id, user_id}',
  },
  {
    name: 'an export of Matomo',
    signs: [
      ['idVisit', 'visitorId', 'idvisitor'],
      ['actionDetails', 'serverTimestamp', 'visitIp'],
    ],
    jq: '. as $v | .actionDetails[] | {event: "$pageview", timestamp: (.timestamp | todate), anonymous_id: $v.visitorId, url}',
  },
  {
    name: 'events of Snowplow',
    signs: [['collector_tstamp'], ['domain_userid', 'event_id']],
    jq: '{event: (.event_name // .event), event_id, timestamp: ((.collector_tstamp | sub(" "; "T")) + "Z"), anonymous_id: .domain_userid, user_id, url: .page_url, referrer: .page_referrer}',
  },
  {
    name: 'an export of Plausible or Umami',
    signs: [
      ['session_id', 'user_id', 'website_id', 'site_id'],
      ['url_path', 'pathname'],
      ['created_at', 'timestamp'],
    ],
    jq: '{event: (.name // .event_name // "$pageview"), timestamp: ((.created_at // .timestamp | sub(" "; "T")) + "Z"), anonymous_id: (.session_id // .user_id | tostring), path: (.pathname // .url_path)}',
  },
];

/** The tool whose export a JSON line is; undefined where it is none we know. */
export const toolOfLine = (line: string): Tool | undefined => {
  const value = parsedJson(line);
  if (!isRecord(value)) return undefined;
  return tools.find(({ signs }) => signs.every((paths) => paths.some((path) => has(value, path))));
};

function has(value: unknown, path: string): boolean {
  const dot = path.indexOf('.');
  if (!isRecord(value)) return false;
  return dot === -1
    ? Object.hasOwn(value, path)
    : Object.hasOwn(value, path.slice(0, dot)) && has(value[path.slice(0, dot)], path.slice(dot + 1));
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** How other tools call what an event of ours has. */
const likely: Readonly<Record<string, readonly string[]>> = {
  timestamp: [
    'time',
    'ts',
    'date',
    'datetime',
    'createdat',
    'eventtime',
    'eventtimestamp',
    'occurredat',
    'originaltimestamp',
    'sentat',
    'receivedat',
    'clienteventtime',
  ],
  user_id: ['userid', 'uid', 'user', 'customerid', 'accountid', 'memberid', 'email'],
  anonymous_id: ['anonymousid', 'distinctid', 'deviceid', 'visitorid', 'clientid', 'userpseudoid', 'anonid'],
  event_id: ['eventid', 'messageid', 'insertid', 'uuid', 'id'],
  session_id: ['sessionid', 'session'],
  event: ['eventname', 'eventtype', 'name', 'action'],
  url: ['pageurl', 'currenturl', 'pagelocation', 'location', 'href', 'page'],
  path: ['pathname', 'urlpath', 'pagepath'],
  referrer: ['referer', 'ref', 'pagereferrer'],
  user_agent: ['useragent', 'ua', 'agent'],
  ip: ['ipaddress', 'remoteaddr', 'clientip'],
  properties: [
    'props',
    'props_',
    'eventproperties',
    'params',
    'data',
    'attributes',
    'metadata',
    'payload',
    'context',
    'traits',
  ],
};
const meanings: ReadonlyMap<string, string> = new Map(
  Object.entries(likely).flatMap(([ours, theirs]) => theirs.map((name) => [name, ours] as const)),
);

/** The name of ours that a foreign one most likely stands for. */
export const likelyMeaning = (name: string): string | undefined =>
  meanings.get(name.toLowerCase().replace(/[^a-z]/g, ''));

/** What else a file may be, by its first line that is not empty, and what to do about it. */
const others: readonly { readonly when: RegExp; readonly says: string }[] = [
  {
    when: /^\s*\[\s*(?:$|[[{"])/,
    says: 'this is a JSON array; write one object a line: jq -c ".[]" FILE > events.ndjson',
  },
  {
    when: / haproxy\[\d+\]: |^\S+:\d+ \[\d\d\/[A-Z][a-z]{2}\/\d{4}:[\d:.]+\] \S+ \S+\/\S+ [-\d/+]+ \d{3} /,
    says: "this is a log of HAProxy; let it write `combined` from now on: http-request capture req.hdr(Referer) len 512, the same for User-Agent, and log-format '%ci - - [%trl] %{+Q}r %ST %B %{+Q}[capture.req.hdr(0)] %{+Q}[capture.req.hdr(1)]'",
  },
  {
    when: /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[\w+\] \d+#|^\[[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d [\d:.]+ \d{4}\] \[/,
    says: 'this is a server’s error log; import its access log',
  },
  {
    when: /^version account-id interface-id |^\d+ \d{12} eni-/,
    says: 'this is a VPC flow log, which knows no requests; import the load balancer’s or the server’s access log',
  },
  {
    when: /^\s*<(?:\?xml|!doctype|html)/i,
    says: 'this is XML or HTML; import an access log, or events as JSON, one a line',
  },
  {
    when: /^"?[\w$ .()-]+"?(?:([,;\t])"?[\w$ .()-]+"?)(?:\1"?[\w$ .()-]*"?)+$/,
    says: "this is CSV; write one JSON object a line with the names event, timestamp, user_id or anonymous_id, url: npx csvtojson FILE > events.json, then jq -c '.[] | {event: .YOUR_EVENT, timestamp: .YOUR_TIME, user_id: .YOUR_ID}' events.json > events.ndjson",
  },
];

/** What these first lines look like, as one sentence with what to do; undefined where they look like nothing we know. */
export const foreignOf = (lines: readonly string[]): string | undefined => {
  const tool = lines.map(toolOfLine).find((found) => found !== undefined);
  if (tool !== undefined) return exportOf(tool);
  const [first = ''] = lines;
  const other = others.find(({ when }) => when.test(first.slice(0, 4096)));
  if (other !== undefined) return other.says;
  if (!isRecord(parsedJson(first))) return undefined;
  const names = Object.keys(Object(parsedJson(first))).slice(0, 8);
  return `this is JSON with the names ${names.join(', ')}; events need event and, to be somebody’s at a time, timestamp and user_id or anonymous_id; for a log, say with --fields which names are time, ip, path and status, e.g. --format json --fields time=ts,ip=client,path=url,status=code`;
};

/** The sentence about an export of a tool. */
export const exportOf = ({ name, jq }: Tool): string =>
  `this looks like ${name}, whose names are not ours; write it anew: jq -c '${jq}' FILE > events.ndjson`;
