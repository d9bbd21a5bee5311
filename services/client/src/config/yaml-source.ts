import { type Document, type Node, type ParsedNode, LineCounter, isAlias, isNode, parseDocument, visit } from 'yaml';
import type { ConfigError } from './config.ts';
import { asReference, explainYamlError } from './explain-yaml-error.ts';
import { Findings } from './findings.ts';
import { exceedsYamlBounds } from './yaml-bounds.ts';

/** One parsed YAML file: its nodes, where they stand, and what is found wrong with them. */
export class YamlSource {
  readonly root: Node | null;
  readonly findings: Findings;
  readonly #anchored: ReadonlyMap<Node, Node>;

  private constructor(document: Document.Parsed<ParsedNode>, findings: Findings) {
    this.root = document.contents;
    this.findings = findings;
    this.#anchored = aliasesOf(document);
  }

  /** @returns the source, or why the text is not YAML that can be read */
  static parse(text: string, file: string): YamlSource | ConfigError {
    const lineCounter = new LineCounter();
    const beyond = exceedsYamlBounds(text);
    if (beyond !== null) {
      const before = text.slice(0, beyond.offset).split('\n');
      return { file, place: { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }, message: beyond.message };
    }
    // Keys are compared by whoever reads a mapping, with words for the two places; a "<<" is refused there too.
    const document = parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: false, version: '1.2', merge: false });
    const errors = [...document.errors, ...document.warnings];
    if (errors.length > 0) {
      const { line, column, message } = explainYamlError(text, errors, lineCounter);
      return { file, place: { line, column }, message };
    }
    return new YamlSource(document, new Findings(file, lineCounter));
  }

  /** The node itself, or the one that an alias stands for. Undefined, and refused, for an alias of nothing. */
  resolve(value: unknown): Node | null | undefined {
    if (!isNode(value)) return null;
    if (!isAlias(value)) return value;
    const target = this.#anchored.get(value);
    if (target === undefined) this.findings.refuse(value, asReference(`*${value.source}`));
    return target;
  }
}

/** What each alias stands for: the nearest anchor of its name above it. */
function aliasesOf(document: Document.Parsed): Map<Node, Node> {
  const anchors = new Map<string, Node>();
  const found = new Map<Node, Node>();
  visit(document, {
    Node(_, node) {
      if (isAlias(node)) {
        const target = anchors.get(node.source);
        if (target !== undefined) found.set(node, target);
      } else if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
  });
  return found;
}
