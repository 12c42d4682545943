/** One request as a web server’s log tells it. Text is unescaped; `-` is kept where it stands for “nothing”. */
export interface LogLine {
  /** The client: an address, or a name where the server looks names up. */
  readonly address: string;
  /** What X-Forwarded-For said, the first hop first; empty where the line does not have it. */
  readonly forwarded: readonly string[];
  /** The site that was asked for, with its port where that is not the scheme’s; undefined where the line does not say. */
  readonly host: string | undefined;
  /** Undefined where nobody knows. */
  readonly scheme: 'http' | 'https' | undefined;
  /** Milliseconds since 1970, whatever the line’s zone. */
  readonly at: number;
  /** `-` with an empty target where the request was no HTTP request (a port scan, a client that said nothing). */
  readonly method: string;
  readonly target: string;
  readonly status: number;
  readonly referrer: string;
  /** Undefined where the log does not have it; `-` or empty where the client said none. */
  readonly userAgent: string | undefined;
}

/** What a line is: a request, a line of the format that is none (a header, another message of the server), or undefined where it is not of the format. */
export type Said = LogLine | 'no request' | undefined;

/** A log format we read. */
export interface LogFormat {
  /** Who writes it, for the README and the help. */
  readonly of: string;
  /** Reads the lines of one file in their order; made anew for each file, for some remember a header. `fields`: the names a JSON log has of its own. */
  readonly lines: (fields: Readonly<Record<string, string>>) => (line: string) => Said;
}
