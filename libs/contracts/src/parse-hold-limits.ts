import type { z } from 'zod';
import { type Parsed, parsed, refused } from './brand.ts';
import { holdLimitsSchema } from './hold.ts';

/** Limits as an operator writes them: `FILES,PERCENT` such as `50,50`, or `off`. */
export function parseHoldLimits(text: string): Parsed<z.infer<typeof holdLimitsSchema>> {
  if (text === 'off') return parsed('off');
  const match = /^(\d{1,9}),(\d{1,3})$/.exec(text);
  const limits = holdLimitsSchema.safeParse({ files: Number(match?.[1]), percent: Number(match?.[2]) });
  return match !== null && limits.success ? parsed(limits.data) : refused('not FILES,PERCENT such as 50,50, and not off');
}
