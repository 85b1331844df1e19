/** One instruction of a Dockerfile, lines that are continued in one. */
export interface Instruction {
  readonly line: number;
  /** `RUN`. */
  readonly name: string;
  readonly rest: string;
}

export interface Stage {
  /** An image, or the name of an earlier stage. */
  readonly base: string;
  readonly name: string | null;
  readonly instructions: readonly Instruction[];
}

/** The stages of a Dockerfile in order. @throws an Error for what stands before the first FROM */
export function stagesOf(text: string): readonly Stage[] {
  const stages: (Stage & { instructions: Instruction[] })[] = [];
  for (const one of instructionsOf(text)) {
    if (one.name === 'FROM') {
      const [, base = '', name = null] = /^(\S+)(?:\s+AS\s+(\S+))?$/i.exec(one.rest) ?? [];
      if (base === '') throw new Error(`line ${one.line}: FROM ${one.rest}`);
      stages.push({ base, name, instructions: [] });
    } else {
      const stage = stages.at(-1);
      if (stage === undefined) throw new Error(`line ${one.line}: ${one.name} before FROM`);
      stage.instructions.push(one);
    }
  }
  return stages;
}

function instructionsOf(text: string): Instruction[] {
  const found: Instruction[] = [];
  let begun: { line: number; words: string } | null = null;
  for (const [at, raw] of text.split('\n').entries()) {
    // A comment may stand between continued lines too.
    if (/^\s*(#|$)/.test(raw)) continue;
    const goesOn = raw.endsWith('\\');
    const words: string =
      (begun === null ? '' : `${begun.words} `) + (goesOn ? raw.slice(0, -1) : raw).trim();
    const line: number = begun?.line ?? at + 1;
    begun = goesOn ? { line, words } : null;
    if (goesOn) continue;
    const [, name = '', rest = ''] = /^(\w+)\s+(.*)$/s.exec(words) ?? [];
    found.push({ line, name: name.toUpperCase(), rest });
  }
  return found;
}

/** `["a", "b"]`. @throws an Error for the form of a shell */
export function wordsOf(json: string): readonly string[] {
  const words: unknown = JSON.parse(json);
  if (!Array.isArray(words) || !words.every((word) => typeof word === 'string'))
    throw new Error(`not a list of words: ${json}`);
  return words;
}

/** Names at the top of the context that `.dockerignore` lets through. @throws an Error for rules of another kind */
export function sentNames(ignore: string): ReadonlySet<string> {
  const [all, ...kept] = ignore.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  if (all !== '*' || !kept.every((line) => /^![\w.-]+$/.test(line)))
    throw new Error('.dockerignore must leave out everything, and let names at the top through');
  return new Set(kept.map((line) => line.slice(1)));
}
