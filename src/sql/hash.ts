import { type Sql, sql } from './sql.ts';

/**
 * A text as 64 bits, to group, join and sort by inside one statement: half the time and memory of the text. Its
 * number differs between engines and must never leave the statement. Two of a million different texts are equal
 * in one statement of some twenty million (decision 16).
 */
export const hashed = (text: Sql): Sql => sql`from_big_endian_64(xxhash64(to_utf8(${text})))`;
