import { z } from 'zod';

/** `true` or `false` in a query. */
export const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

/** A field that may stand any number of times in a query. */
export const listOf = <Item extends z.ZodType>(item: Item, max: number) =>
  z.preprocess((value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]), z.array(item).max(max));
