/**
 * What `gatehouse init` writes into a file of Asterisk or Redis can be told from what the administrator wrote: a block between two comments,
 * or a line that ends in a comment with the line that stood there before.
 */
const begin = 'gatehouse init: begin (gatehouse uninit takes these lines out)';
const end = 'gatehouse init: end';
/** What a comment begins with: of Asterisk, of Redis. */
export type CommentSign = ';' | '#';
const lineBefore = '; gatehouse init, before: ';
const lineAdded = '; gatehouse init, added';

/** The lines of our block; null: there is none. */
export function blockOf(text: string): readonly string[] | null {
  const lines = text.split('\n');
  const [from, to] = placeOf(lines);
  return from < 0 || to < 0 ? null : lines.slice(from + 1, to);
}

/** With our block at the end, or where one is. Without lines: as it is. */
export function withBlock(text: string, block: readonly string[], sign: CommentSign = ';'): string {
  if (block.length === 0) return text;
  const lines = text.split('\n');
  const [from, to] = placeOf(lines);
  const marked = [`${sign} ${begin}`, ...block, `${sign} ${end}`];
  if (from >= 0 && to >= 0) return [...lines.slice(0, from), ...marked, ...lines.slice(to + 1)].join('\n');
  const rest = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  return `${rest}${marked.join('\n')}\n`;
}

/** In place of `before`, a line as it stands in the file. */
export function ourLine(line: string, before: string | null): string {
  return before === null ? `${line} ${lineAdded}` : `${line} ${lineBefore}${before}`;
}

/**
 * The text without what is ours.
 * @param ours what init wrote into the block; other lines there are the administrator's, and stay as comments. Left out: all is ours.
 */
export function withoutOurs(
  text: string,
  ours?: readonly string[],
): { readonly text: string; readonly kept: number } {
  const lines = text.split('\n');
  const [from, to] = placeOf(lines);
  const hasBlock = from >= 0 && to >= 0;
  const known = new Set(ours ?? lines.slice(from + 1, to));
  const foreign = hasBlock ? lines.slice(from + 1, to).filter((line) => !known.has(line)) : [];
  const sign = lines[from]?.[0] ?? ';';
  const comments = foreign.map((line) =>
    line.trim() === '' || line.startsWith(sign) ? line : `${sign}${line}`,
  );
  const rest = hasBlock ? [...lines.slice(0, from), ...comments, ...lines.slice(to + 1)] : lines;
  return { text: rest.flatMap(formerLine).join('\n'), kept: foreign.length };
}

function formerLine(line: string): readonly string[] {
  const at = line.indexOf(lineBefore);
  if (at >= 0) return [line.slice(at + lineBefore.length)];
  return line.endsWith(lineAdded) ? [] : [line];
}

function placeOf(lines: readonly string[]): readonly [from: number, to: number] {
  const isMark = (text: string) => (line: string) => line === `; ${text}` || line === `# ${text}`;
  const from = lines.findIndex(isMark(begin));
  return [from, lines.findIndex((line, at) => at > from && isMark(end)(line))];
}
