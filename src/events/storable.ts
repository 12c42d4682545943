/** A text that Parquet, Trino and DuckDB can all hold: NUL and lone surrogates become U+FFFD, every other character stays. */
export const storable = (text: string): string =>
  text.isWellFormed() && !text.includes('\0') ? text : text.toWellFormed().replaceAll('\0', '\ufffd');
