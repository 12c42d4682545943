const v4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$/;
const mapped = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/;

/** One spelling per IPv4 or IPv6 address (lower case, shortest form, IPv4 inside IPv6 as IPv4); null when it is none, or carries a port, a range or a zone. */
export const address = (text: string): string | null => {
  if (v4.test(text)) return text;
  // The URL standard's IPv6 reader, behind a look at the characters so that nothing else of a URL gets in.
  if (text.length > 45 || !/^[\da-f:.]*:[\da-f:.]*$/i.test(text)) return null;
  const host = URL.parse(`http://[${text}]/`)?.hostname.slice(1, -1);
  if (host === undefined) return null;
  const [, high, low] = mapped.exec(host) ?? [];
  if (high === undefined || low === undefined) return host;
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return `${a >> 8}.${a & 255}.${b >> 8}.${b & 255}`;
};
