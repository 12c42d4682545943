import { columnNames, columns, type Event } from '../events/columns.ts';

/**
 * An event as the JSON document that Firehose turns into a Parquet row: keys are the column names, times `yyyy-MM-dd HH:mm:ss.SSS` UTC, `properties` a text. What is null is
 * left out, which is read as null.
 */
export const documentOf = (event: Event): string =>
  JSON.stringify(
    Object.fromEntries(
      columnNames.flatMap((column) => {
        const value = event[column];
        if (value === null) return [];
        return [
          [
            column,
            columns[column].type === 'timestamp(3)'
              ? new Date(Number(value)).toISOString().slice(0, 23).replace('T', ' ')
              : value,
          ],
        ];
      }),
    ),
  );

/** A record holds at most so many documents and bytes: Firehose bills each in steps of 5 KB and takes at most 1,000 KiB. */
const recordDocuments = 500;
const recordBytes = 900 * 1024;

/** Documents as Firehose records: joined by line breaks, since that is the one way several fit into one record. Order is kept. */
export const packed = (documents: readonly string[]): readonly Uint8Array[] => {
  const records: Uint8Array[] = [];
  let lines: string[] = [];
  let bytes = 0;
  const seal = (): void => {
    if (lines.length > 0) records.push(Buffer.from(lines.join('')));
    lines = [];
    bytes = 0;
  };
  for (const document of documents) {
    const line = `${document}\n`;
    const size = Buffer.byteLength(line);
    if (lines.length === recordDocuments || bytes + size > recordBytes) seal();
    lines.push(line);
    bytes += size;
  }
  seal();
  return records;
};
