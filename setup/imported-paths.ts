import { type ESTree, parseSync, Visitor } from 'rolldown/utils';

export interface ImportedPath {
  /** As it is written; null when it is computed. */
  readonly path: string | null;
  readonly line: number;
}

/**
 * All that a TypeScript file imports: as value or type, by a re-export, by `import()`, and as the entry of a worker, which is
 * `new URL(…, import.meta.url)`.
 * @throws SyntaxError
 */
export function importedPaths(file: string, text: string): ImportedPath[] {
  const { program, errors } = parseSync(file, text);
  if (errors[0] !== undefined) throw new SyntaxError(`${file}: ${errors[0].message}`);
  const found: ImportedPath[] = [];
  const add = (source: ESTree.Expression | ESTree.Argument, path = pathOf(source, text)) =>
    found.push({ path, line: text.slice(0, source.start).split('\n').length });
  new Visitor({
    ImportDeclaration: ({ source }) => add(source),
    ExportAllDeclaration: ({ source }) => add(source),
    ExportNamedDeclaration: ({ source }) => source && add(source),
    ImportExpression: ({ source }) => add(source),
    TSImportType: ({ source }) => add(source),
    NewExpression: ({ callee, arguments: [path, base] }) => {
      const ofUrl = callee.type === 'Identifier' && callee.name === 'URL';
      if (ofUrl && path && base && text.slice(base.start, base.end) === 'import.meta.url')
        add(path, pathOf(path, text)?.replace(/^(?![./]|[a-z]+:)/i, './') ?? null);
    },
  }).visit(program);
  return found;
}

/** A worker's entry ends in our own ending, which is .js once built. */
function pathOf(node: ESTree.Expression | ESTree.Argument, text: string): string | null {
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node.type !== 'TemplateLiteral') return null;
  const [start = '', end] = node.quasis.map(({ value }) => value.cooked ?? '');
  const [computed, another] = node.expressions;
  if (computed === undefined) return start;
  const isOwnEnding = text.slice(computed.start, computed.end) === 'extname(import.meta.filename)';
  return isOwnEnding && another === undefined && end === '' ? `${start}.ts` : null;
}
