import type { LogLine } from './formats/log-line.ts';

/** What a log line becomes: the event of that name. */
const events = ['$pageview', 'file_download', 'request_failed'] as const;
type EventName = (typeof events)[number];
/** Why a readable line becomes none. */
type Skip = 'asset' | 'redirect' | 'method' | 'partial';

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));
/** What pages are built with, and files that are read by machines or fetched by the way. A last segment with any other ending, or none, is a page: `/docs/v2.0`, `/@jane.doe`, `/index.do`. */
const assets = words(
  'css js mjs cjs map wasm png jpg jpeg jpe gif svg svgz webp avif bmp ico cur tif tiff apng jxl heic ttf otf eot woff woff2 ' +
    'xml xsl xsd json jsonld geojson webmanifest manifest rss atom txt log ini conf cfg yml yaml toml swf class ' +
    'webm ogg oga ogv wav m4a m4v mov avi flv wmv mpg mpeg aac flac opus m3u8 mpd vtt srt',
);
const downloads = words(
  'pdf zip gz tgz bz2 xz 7z rar jar deb rpm exe dmg msi iso apk doc docx xls xlsx ppt pptx csv mp3 mp4',
);

/** Every outcome of a readable line, in order: the first rule that fits decides. An answer below 200 is no whole answer; 304 is a page from the visitor’s cache. */
const rules: readonly {
  readonly gives: EventName | Skip;
  readonly when: (line: LogLine, extension: string | undefined) => boolean;
}[] = [
  { gives: 'request_failed', when: ({ status }) => status >= 400 },
  { gives: 'method', when: ({ method }) => method !== 'GET' },
  { gives: 'partial', when: ({ status }) => status === 206 || status < 200 },
  { gives: 'redirect', when: ({ status }) => status >= 300 && status !== 304 },
  { gives: 'asset', when: (_, extension) => extension !== undefined && assets.has(extension) },
  { gives: 'file_download', when: (_, extension) => extension !== undefined && downloads.has(extension) },
];

/** What a line is, and the extension of what it asked for. */
export const outcomeOf = (
  line: LogLine,
): { readonly gives: EventName | Skip; readonly extension: string | undefined } => {
  const extension = extensionOf(line.target);
  return { gives: rules.find(({ when }) => when(line, extension))?.gives ?? '$pageview', extension };
};

/** Is it an event, not a reason to skip? */
export const isEvent = (outcome: EventName | Skip): outcome is EventName =>
  events.some((event) => event === outcome);

/** In lower case, what follows the last dot of the target’s last path segment (before `?`, `#` and `;jsessionid=…`); undefined without a dot. */
function extensionOf(target: string): string | undefined {
  const path = target.replace(/^https?:\/\/[^/?#]*/i, '').replace(/[?#;].*$/s, '');
  const segment = path.slice(path.lastIndexOf('/') + 1);
  const dot = segment.lastIndexOf('.');
  return dot === -1 ? undefined : segment.slice(dot + 1).toLowerCase();
}
