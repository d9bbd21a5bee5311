import { type Node, isNode, isScalar, isSeq } from 'yaml';
import { nearestWord } from './nearest-word.ts';
import { quote } from './quote.ts';
import { kindOf } from './read-value.ts';
import type { YamlSource } from './yaml-source.ts';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const LONG_DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const EXAMPLES = 'days as in mon-fri, or sat, sun';

/** Days of the week, 0 for Monday to 6 for Sunday: `mon-fri`, `mon, wed`, or a list of such. Undefined, and refused, for anything else. */
export function readDays(source: YamlSource, node: Node): number[] | undefined {
  const items = isSeq(node) ? node.items.map((item) => source.resolve(item)) : [node];
  const days = new Set<number>();
  for (const item of items) {
    if (item === undefined) return undefined;
    if (!isNode(item) || !isScalar(item) || typeof item.value !== 'string') {
      source.findings.refuse(item ?? node, `"days" is ${kindOf(item ?? node)}; write ${EXAMPLES}`);
      return undefined;
    }
    for (const part of item.value.split(',')) {
      const found = daysOf(part.trim().toLowerCase());
      if (typeof found === 'string') {
        source.findings.refuse(item, `"days" names ${quote(part.trim())}, which is no day; write ${found}`);
        return undefined;
      }
      for (const day of found) days.add(day);
    }
  }
  if (days.size > 0) return [...days].sort((a, b) => a - b);
  source.findings.refuse(node, `"days" is empty; write ${EXAMPLES}, or leave it out for every day`);
  return undefined;
}

/** One day, or a span that may pass the end of the week; else what to write instead. */
function daysOf(part: string): number[] | string {
  const ends = part.split('-').map((word) => word.trim());
  const [first = -1, last = first] = ends.map((word) => Math.max(DAYS.indexOf(word), LONG_DAYS.indexOf(word)));
  if (ends.length <= 2 && first >= 0 && last >= 0)
    return Array.from({ length: ((last - first + 7) % 7) + 1 }, (_, count) => (first + count) % 7);
  const near = ends.length <= 2 ? ends.map((word) => nearestWord(word, [...DAYS, ...LONG_DAYS])) : [null];
  return near.includes(null) ? EXAMPLES : near.join('-');
}
