type Value = string | number | { readonly [name: string]: Value } | readonly Value[];

const head = (type: number, size: number): number[] => (type < 8 ? [(type << 5) | size] : [size, type - 7]);
const encoded = (value: Value): number[] => {
  if (typeof value === 'string') {
    const bytes = [...Buffer.from(value)];
    return [...head(2, bytes.length), ...bytes];
  }
  if (typeof value === 'number')
    return [...head(6, 4), ...[24, 16, 8, 0].map((shift) => (value >> shift) & 255)];
  if (Array.isArray(value)) return [...head(11, value.length), ...value.flatMap(encoded)];
  const entries = Object.entries(value);
  return [
    ...head(7, entries.length),
    ...entries.flatMap(([name, held]) => [...encoded(name), ...encoded(held)]),
  ];
};

/** A table in MaxMind’s format that says the same of every address, of IPv4 only or of both families. */
export const mmdbOf = (record: Value, ipVersion: 4 | 6 = 6): Uint8Array => {
  const toRecord = [0, 0, 1 + 16];
  return Uint8Array.from([
    ...[...toRecord, ...toRecord],
    ...Array.from({ length: 16 }, () => 0),
    ...encoded(record),
    ...[0xab, 0xcd, 0xef, ...Buffer.from('MaxMind.com')],
    ...encoded({
      node_count: 1,
      record_size: 24,
      ip_version: ipVersion,
      database_type: 'Test',
      languages: ['en'],
      binary_format_major_version: 2,
      binary_format_minor_version: 0,
      build_epoch: 1,
      description: { en: 'one record' },
    }),
  ]);
};
