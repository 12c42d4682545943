import type { LogLine } from './combined.ts';

/** What a log line becomes: the event of that name. */
const events = ['$pageview', 'file_download', 'request_failed'] as const;
type EventName = (typeof events)[number];
/** Why a readable line becomes none. */
type Skip = 'asset' | 'redirect' | 'method' | 'partial';

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));
const pages = words('html htm xhtml shtml php asp aspx jsp cgi');
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
  { gives: '$pageview', when: (_, extension) => extension === undefined || pages.has(extension) },
  { gives: 'file_download', when: (_, extension) => extension !== undefined && downloads.has(extension) },
];

/** What a line is, and the extension of what it asked for. */
export const outcomeOf = (
  line: LogLine,
): { readonly gives: EventName | Skip; readonly extension: string | undefined } => {
  const extension = extensionOf(line.target);
  return { gives: rules.find(({ when }) => when(line, extension))?.gives ?? 'asset', extension };
};

/** Is it an event, not a reason to skip? */
export const isEvent = (outcome: EventName | Skip): outcome is EventName =>
  events.some((event) => event === outcome);

/** In lower case, what follows the last dot of the target’s last path segment (before `?` and `#`); undefined without a dot. */
function extensionOf(target: string): string | undefined {
  const path = target.replace(/^https?:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '');
  const segment = path.slice(path.lastIndexOf('/') + 1);
  const dot = segment.lastIndexOf('.');
  return dot === -1 ? undefined : segment.slice(dot + 1).toLowerCase();
}
