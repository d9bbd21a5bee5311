import { type Node, type Pair, isMap, isScalar } from 'yaml';
import { isNothing } from './is-nothing.ts';
import { nearestWord } from './nearest-word.ts';
import { quote } from './quote.ts';
import { BELONGS, OTHER_NAMES, SETTING_NAMES, type SectionKind, type SettingName } from './setting-names.ts';
import type { YamlSource } from './yaml-source.ts';

/** A mapping that was read: its values by name, and where to report what is missing. */
export interface Section<Name extends string> {
  readonly at: Node;
  /** The value of a name, an alias resolved. Undefined when there is none or it is refused already. */
  given(name: Name): Node | undefined;
  /** True when the name stands there without a value. */
  isEmpty(name: Name): boolean;
  /** Where to report something about a name: its value, or the section when it is absent. */
  spotOf(name: Name): Node;
  /** True when the name stands there, in whatever condition, or was probably meant by another. */
  has(name: Name): boolean;
}

/** Reads a mapping whose names are known. Refuses what is no mapping, unknown names, names given twice. */
export function readSection<Kind extends SectionKind>(
  source: YamlSource,
  node: Node,
  kind: Kind,
  title: string,
): Section<SettingName<Kind>> | null {
  const { findings } = source;
  if (!isMap(node)) {
    findings.refuse(node, `${title} must hold names with values; write lines such as ${quote(`${SETTING_NAMES[kind][0]}: …`)}`);
    return null;
  }
  const values = new Map<string, { key: Node; value: Node | null | undefined; spot: Node }>();
  const meant = new Set<string>();
  for (const { key, value } of node.items as Pair<Node, Node | null>[]) {
    const name = isScalar(key) && typeof key.value === 'string' ? key.value : null;
    const known = name !== null && (SETTING_NAMES[kind] as readonly string[]).includes(name);
    if (name !== null && known) {
      const first = values.get(name);
      if (first === undefined)
        values.set(name, { key, value: isNothing(value) ? null : (source.resolve(value) ?? undefined), spot: value ?? key });
      else findings.refuse(key, `${quote(name)} was given in line ${findings.placeOf(first.key).line} already; remove one of the two`);
    } else if (!(kind === 'configuration' && name?.startsWith('x-') === true)) {
      const { message, suggestion } = unknownName(name, kind);
      if (suggestion !== null) meant.add(suggestion);
      findings.refuse(key, message);
    }
  }
  return {
    at: node,
    given: (name) => values.get(name)?.value ?? undefined,
    isEmpty: (name) => values.get(name)?.value === null,
    spotOf: (name) => values.get(name)?.spot ?? node,
    has: (name) => values.has(name) || meant.has(name),
  };
}

function unknownName(name: string | null, kind: SectionKind): { message: string; suggestion: string | null } {
  const names: readonly string[] = SETTING_NAMES[kind];
  if (name === null) return { message: `a name is expected here; write one of ${names.join(', ')}`, suggestion: null };
  if (name === '<<')
    return { message: '"<<" (a merge key) is not supported; write what all directories share below "default"', suggestion: null };
  const elsewhere = (Object.keys(SETTING_NAMES) as SectionKind[]).find((other) =>
    (SETTING_NAMES[other] as readonly string[]).includes(name),
  );
  if (elsewhere !== undefined) return { message: `${quote(name)} does not belong here; write it ${BELONGS[elsewhere]}`, suggestion: null };
  const other = OTHER_NAMES[name.toLowerCase()];
  const suggestion = other !== undefined && names.includes(other) ? other : nearestWord(name, names);
  if (suggestion !== null) return { message: `${quote(name)} is not known; write ${quote(suggestion)}`, suggestion };
  return { message: `${quote(name)} is not known; remove it, or write one of ${names.join(', ')}`, suggestion: null };
}
