import { createHash } from 'node:crypto';

/**
 * A number of 32 bits for each value of a byte: the first four bytes, big-endian, of the SHA-256 of `syncpair gear ` and the value in
 * decimal. Part of the format: another table would cut every content elsewhere.
 */
export const GEAR_TABLE: Int32Array = Int32Array.from({ length: 256 }, (_, value) =>
  createHash('sha256').update(`syncpair gear ${value}`).digest().readInt32BE(),
);
