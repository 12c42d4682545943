/** What no code of ours decides and a bill hangs on: guesses, each with its reason. Times in ms, sizes in bytes. */
export const habits = {
  /** A month of 30 days, with requests spread evenly by chance over it. */
  monthSeconds: 30 * 86_400,
  /** One key on one route sends everything. More of both mean more verdicts, at most one a minute each. */
  senders: 1,
  /** Up to 20 events travel together: as many as our loader for pages sends at once when it has them. A page that shows and is left sends one or two. */
  eventsPerRequest: 20,
  /** Collect computes about 10 µs an event; it waits for one PutRecordBatch. */
  collectMs: 30,
  /** One read of the ledger. */
  authorizerMs: 15,
  /** Athena’s small questions take 1.5 to 4 s, and the door waits. */
  questionMs: 3_000,
  /** One LIST of an empty prefix. */
  drainMs: 100,
  /** So many runs in a hundred start a new instance, and what that takes: Lambda bills it. */
  coldShare: 0.01,
  coldMs: 500,
  /** An answer to a sender is all headers; one to a question has some rows. Without the answers’ compression. */
  thanksBytes: 800,
  answerBytes: 20_000,
  /** What one run leaves in its function’s log: three lines of Lambda’s (START, END, REPORT with the trace) and one of ours. */
  platformLog: { lines: 3, bytes: 330 },
  requestLog: { lines: 1, bytes: 230 },
  /** A value in a line of the access log has so many letters in the mean. */
  logValueBytes: 10,
  /** CloudWatch bills so much for a line besides its text. */
  logLineBytes: 26,
  /** A Parquet row as a share of its JSON, and what a file has besides: measured with DuckDB’s SNAPPY writer on 100,000 events of our own, 708 bytes of JSON each (68 bytes a row from 2,000 rows on, 105 at 43; 4 to 6 KB a file). */
  rowShare: 1 / 7,
  fileBytes: 5_500,
  /** Questions read ids, times and a few columns: that share of a file’s bytes, in the same measurement. */
  columnShare: 0.65,
  /** Up to this size Trino fetches a file whole (`parquet.small-file-threshold`); of a larger one its end, and what it needs in so many pieces. */
  wholeFileBytes: 3 * 2 ** 20,
  piecesOfLargeFile: 12,
  /** One question in ten is a funnel, which must know who is who and so reads every day there is. */
  funnelShare: 0.1,
  /** Catalog look-ups a question. */
  glueCalls: 2,
} as const;
