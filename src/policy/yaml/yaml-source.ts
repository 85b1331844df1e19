import {
  type Document,
  isMap,
  isPair,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  type Scalar,
  visit,
  type YAMLMap,
} from 'yaml';
import type { Place, Problem } from '../problem.ts';
import { findSlip, oddLetters, syntaxWords } from './slips.ts';

export type YamlPath = readonly (string | number)[];

/** A YAML file read to plain data, that still knows where each value stands. */
export interface YamlSource {
  /** Undefined when the file could not be read; `problems` says why. */
  readonly data: unknown;
  readonly problems: readonly Problem[];
  /** Place of the value at `path`, or of the nearest that is there. */
  at(path: YamlPath): Place;
  /** Place of a key in the mapping at `path`. */
  atKey(path: YamlPath, key: string): Place;
}

/** A thousand rules are some 200 kB; what is far above that is a mistake. */
const maxLength = 2 * 1024 * 1024;
const maxDepth = 24;

/**
 * Reads YAML 1.2. Refused with a place: syntax errors, keys said twice, anchors and aliases (which can make a small
 * file endless), tags, deep nesting, more than one document. Never throws.
 */
export function readYaml(file: string, text: string): YamlSource {
  const lines = new LineCounter();
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const failed = (offset: number, message: string, remedy: string, code: string): YamlSource => ({
    data: undefined,
    problems: [{ severity: 'error', ...place(offset), message, remedy, code }],
    at: () => place(0),
    atKey: () => place(0),
  });
  if (text.length > maxLength) {
    return failed(
      0,
      `the file is ${text.length} characters long; at most ${maxLength} are read`,
      'move numbers to a list file',
      'too-large',
    );
  }
  const slip = findSlip(text);
  if (slip) {
    lines.addNewLine(0);
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1);
    return failed(slip.offset, slip.message, slip.remedy, slip.code);
  }
  const tooDeep = () =>
    failed(
      0,
      'too many brackets, lists or indented lines stand inside each other',
      `nest at most ${maxDepth} levels`,
      'too-deep',
    );
  let document: Document.Parsed;
  try {
    // yaml's own look for keys said twice takes quadratic time; ours is below.
    document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  } catch (error) {
    if (error instanceof RangeError) return tooDeep();
    throw error;
  }

  const problems: Problem[] = [];
  const add = (offset: number, message: string, remedy: string, code: string) => {
    problems.push({ severity: 'error', ...place(offset), message, remedy, code });
  };
  // The first one only: what follows a syntax error is read wrongly too.
  const [broken] = [...document.errors, ...document.warnings];
  if (broken) {
    if (/call stack/.test(broken.message)) return tooDeep();
    const line = lineAround(text, broken.pos[0]);
    const { message, remedy } = syntaxWords(broken.code, broken.message, line);
    add(Math.min(broken.pos[0], text.length), message, remedy, 'yaml-syntax');
  }
  let data: unknown;
  try {
    if (problems.length === 0) findTraps(document, add);
    if (problems.length === 0) data = document.toJS({ maxAliasCount: 0 });
  } catch (error) {
    if (error instanceof RangeError) return tooDeep();
    throw error;
  }
  return {
    data,
    problems,
    at: (path) => place(offsetOf(nearest(document, path))),
    atKey: (path, key) => {
      const node = nearest(document, path);
      const pair = isMap(node)
        ? node.items.find((item) => isScalar(item.key) && item.key.value === key)
        : null;
      return place(offsetOf((pair?.key ?? node) as Node | null));
    },
  };
}

function lineAround(text: string, offset: number): string {
  const end = text.indexOf('\n', offset);
  return text.slice(text.lastIndexOf('\n', offset - 1) + 1, end < 0 ? undefined : end).slice(0, 1000);
}

type AddProblem = (offset: number, message: string, remedy: string, code: string) => void;

/** Refuses what would surprise, and keeps as text what YAML would read as a number though it counts nothing. */
function findTraps(document: Document.Parsed, add: AddProblem): void {
  visit(document, {
    Alias: (_key, node) => {
      add(
        offsetOf(node),
        'aliases (*name) are not used in rule files',
        'write the value out, or use a list of several values',
        'yaml-alias',
      );
      return visit.BREAK;
    },
    Node: (_key, node, path) => {
      if (path.length <= maxDepth) return undefined;
      add(offsetOf(node), 'nested too deep', `nest at most ${maxDepth} levels`, 'too-deep');
      return visit.BREAK;
    },
    Map: (_key, map) => {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) {
          add(offsetOf(map), 'a key must be a word', 'write key: value', 'yaml-key');
          continue;
        }
        if (seen.has(key.value)) {
          add(
            offsetOf(key),
            `the key ${JSON.stringify(key.value)} stands here twice`,
            'keep one of them',
            'duplicate-key',
          );
        }
        seen.add(key.value);
      }
      if (map.flow) findLooseComma(map, add);
    },
    // +13175550123 and 0100 are written without quotes by everybody, and are no amounts.
    Scalar: (_key, scalar) => {
      if (findAnchor(scalar, add)) return visit.BREAK;
      if (scalar.type === 'PLAIN' && typeof scalar.value === 'string') {
        const odd = oddLetters(scalar.value);
        if (odd) add(offsetOf(scalar), odd.message, odd.remedy, odd.code);
      }
      if (typeof scalar.value !== 'number' && typeof scalar.value !== 'bigint') return undefined;
      if (scalar.source !== undefined && !/^-?(0|[1-9]\d{0,5})$/.test(scalar.source))
        scalar.value = scalar.source;
      return undefined;
    },
  });
}

function findAnchor(node: Scalar, add: AddProblem): boolean {
  if (node.anchor === undefined) return false;
  add(
    offsetOf(node),
    `${JSON.stringify(`&${node.anchor}`.slice(0, 40))} is not read: a word that begins with & has a meaning of its own`,
    "put the text in quotes: '…'",
    'yaml-anchor',
  );
  return true;
}

/** `{ case: Jones, from abroad, from: … }`: the comma ends the text, and what follows is a key that says nothing. */
function findLooseComma(map: YAMLMap.Parsed | YAMLMap, add: AddProblem): void {
  for (const [at, { key, value }] of map.items.entries()) {
    const before = map.items[at - 1]?.value;
    if (value !== null || !isScalar(key) || !isScalar(before) || before.type !== 'PLAIN') continue;
    const text = `${String(before.value)}, ${String(key.value)}`.slice(0, 80);
    add(
      offsetOf(key),
      `the comma before ${JSON.stringify(String(key.value).slice(0, 40))} ends the text, because it stands between { and }`,
      `if the comma belongs to the text, put the text in quotes: ${JSON.stringify(text)}; if not, write a colon and a value after the word`,
      'loose-comma',
    );
    return;
  }
}

function nearest(document: Document.Parsed, path: YamlPath): Node | null {
  for (let length = path.length; length >= 0; length--) {
    const node = document.getIn(path.slice(0, length), true) as Node | undefined;
    if (node && !isPair(node)) return node;
  }
  return document.contents;
}

function offsetOf(node: Node | null | undefined): number {
  return node?.range?.[0] ?? 0;
}
