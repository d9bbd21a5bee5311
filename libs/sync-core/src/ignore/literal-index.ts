/** Below this many items it is cheaper to try each. */
const TRY_EACH = 16;
const LONGEST_GRAM = 3;

interface Gram {
  readonly text: string;
  /** How many literals have it. */
  count: number;
}

/**
 * Finds the few items that can match a text among very many, without trying each. An item tells literals of which every matching text
 * holds all; it is filed under the rarest gram (up to 3 characters) of them. A text then asks for its own grams only.
 */
export class LiteralIndex<T> {
  readonly #items: readonly T[];
  readonly #byGram = new Map<string, number[]>();
  readonly #always: number[] = [];
  readonly #lengths: readonly number[];

  constructor(items: readonly T[], literalsOf: (item: T) => readonly string[]) {
    this.#items = items;
    const counts = new Map<string, Gram>();
    const grams = items.map((item) => gramsOf(literalsOf(item), counts));
    for (const [index, own] of grams.entries()) {
      const [first, ...rest] = own;
      if (first === undefined) {
        this.#always.push(index);
        continue;
      }
      const { text } = rest.reduce((rarest, gram) => (gram.count < rarest.count ? gram : rarest), first);
      const filed = this.#byGram.get(text);
      if (filed === undefined) this.#byGram.set(text, [index]);
      else filed.push(index);
    }
    this.#lengths = [...new Set([...this.#byGram.keys()].map((gram) => gram.length))];
  }

  /** Every item whose literals may all lie in `text`, in the order in which they were given; some of them may not match. */
  candidates(text: string): readonly T[] {
    if (this.#items.length <= TRY_EACH) return this.#items;
    const found = new Set(this.#always);
    for (const length of this.#lengths) {
      for (let at = 0; at + length <= text.length; at++) {
        for (const index of this.#byGram.get(text.slice(at, at + length)) ?? []) found.add(index);
      }
    }
    return [...found].sort((a, b) => a - b).map((index) => this.#items[index] as T);
  }
}

/** The grams of the longest length that the literals allow: the longer, the rarer. */
function gramsOf(literals: readonly string[], counts: Map<string, Gram>): Gram[] {
  const length = literals.reduce((longest, literal) => Math.max(longest, Math.min(literal.length, LONGEST_GRAM)), 0);
  const own: Gram[] = [];
  if (length === 0) return own;
  for (const literal of literals) {
    for (let at = 0; at + length <= literal.length; at++) {
      const text = literal.slice(at, at + length);
      let gram = counts.get(text);
      if (gram === undefined) counts.set(text, (gram = { text, count: 0 }));
      gram.count++;
      own.push(gram);
    }
  }
  return own;
}
