import { type Node, isScalar } from 'yaml';
import { quote } from './quote.ts';
import { kindOf } from './read-value.ts';
import type { YamlSource } from './yaml-source.ts';

/** A time such as `08:00` as minute of the day, 0 to 1440. Undefined, and refused, for anything else. */
export function readTimeOfDay(source: YamlSource, node: Node, name: 'from' | 'to'): number | undefined {
  const text = isScalar(node) && typeof node.value === 'string' ? node.value.trim() : '';
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})$/.exec(text) ?? [];
  const minute = Number(hours) * 60 + Number(minutes);
  if (Number(minutes) < 60 && minute <= (name === 'to' ? 1440 : 1439)) return minute;
  const range = name === 'to' ? '"00:01" to "24:00"' : '"00:00" to "23:59"';
  source.findings.refuse(node, `${quote(name)} is ${kindOf(node)}; write a time from ${range}, in quotes`);
  return undefined;
}
