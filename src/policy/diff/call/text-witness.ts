import { compileTextMatch } from '../../conditions/text-match.ts';
import type { TextAsked } from '../../logic/logic.ts';
import { ExpressionProgram, isWord, type Standing } from './expression-program.ts';

/** A text condition, and whether it is to hold. */
export interface WantedText {
  readonly asked: TextAsked;
  readonly holds: boolean;
}

/** Display names are cut at so many code points. */
export const longestName = 120;
const mostStandings = 20_000;
const mostCharacters = 400;

/** A text of which all is true that is wanted, or null: none was found. */
export function textWitness(wanted: readonly WantedText[], usual: string): string | null {
  const tests = wanted.map(({ asked, holds }) => ({ test: testOf(asked), holds }));
  const fits = (text: string | null): text is string =>
    text !== null && text.length <= longestName && tests.every(({ test, holds }) => test(text) === holds);
  if (fits(usual)) return usual;
  if (fits('')) return '';
  const { text } = search(wanted);
  return fits(text) ? text : null;
}

export function textFits(wanted: readonly WantedText[], text: string): boolean {
  return wanted.every(({ asked, holds }) => testOf(asked)(text) === holds);
}

/** True when every text that fits the one expression fits the other; null: it is not known. */
export function isContained(inner: string, outer: string): boolean | null {
  const { text, isWhole } = search([
    { asked: { matches: [inner] }, holds: true },
    { asked: { matches: [outer] }, holds: false },
  ]);
  return text === null && isWhole ? true : text === null ? null : false;
}

/** One condition as programs of which one must match, or none may. */
interface Followed {
  readonly programs: readonly ExpressionProgram[];
  readonly holds: boolean;
}

interface Found {
  /** The shortest; null: none. */
  readonly text: string | null;
  /** All texts were looked at. */
  readonly isWhole: boolean;
}

/** Follows all expressions at once through every text, the shortest first. */
function search(wanted: readonly WantedText[]): Found {
  const followed = wanted.flatMap(({ asked, holds }): Followed[] => {
    const programs = programsOf(asked);
    return programs === null ? [] : [{ programs, holds }];
  });
  if (followed.length < wanted.length) return { text: null, isWhole: false };
  const all = followed.flatMap(({ programs }) => programs);
  const characters = charactersOf(all);
  if (characters === null) return { text: null, isWhole: false };
  const seen = new Set<string>();
  let open: { text: string; last: number | null; standings: readonly Standing[] }[] = [
    { text: '', last: null, standings: all.map(({ begun }) => begun) },
  ];
  while (open.length > 0) {
    const next: typeof open = [];
    for (const { text, last, standings } of open) {
      if (
        isWanted(
          followed,
          all.map((one, at) => one.after(standings[at] as Standing, last, null).matched),
        )
      )
        return { text, isWhole: true };
      for (const code of characters) {
        const onward = all.map((one, at) => one.after(standings[at] as Standing, last, code));
        const key = `${kindOf(code)} ${onward.map(({ steps, matched }) => (matched ? '!' : steps.join())).join(' ')}`;
        if (seen.has(key)) continue;
        if (seen.size >= mostStandings) return { text: null, isWhole: false };
        seen.add(key);
        next.push({ text: text + String.fromCodePoint(code), last: code, standings: onward });
      }
    }
    open = next;
  }
  return { text: null, isWhole: true };
}

function isWanted(followed: readonly Followed[], matched: readonly boolean[]): boolean {
  let at = 0;
  return followed.every(({ programs, holds }) => {
    const own = matched.slice(at, at + programs.length);
    at += programs.length;
    return own.includes(true) === holds;
  });
}

/** What the next character's conditions depend on. */
function kindOf(code: number): string {
  return code === 10 ? 'n' : isWord(code) ? 'w' : 'o';
}

/** Null: one of the expressions cannot be followed. */
function programsOf({ equals = [], contains = [], matches = [] }: TextAsked): ExpressionProgram[] | null {
  const quoted = (text: string) =>
    text.replace(/[^\p{L}\p{N}]/gu, (one) => `\\x{${(one.codePointAt(0) ?? 0).toString(16)}}`);
  const sources = [...equals.map((text) => `^${quoted(text)}$`), ...contains.map(quoted), ...matches];
  const programs = sources.map((source) => ExpressionProgram.of(source));
  return programs.every((one) => one !== null) ? programs : null;
}

/** One character for each class that the expressions tell apart, plain ones first; null: too many. */
function charactersOf(programs: readonly ExpressionProgram[]): readonly number[] | null {
  const wordEnds = [...'09AZ__az'].map((character, at) => character.charCodeAt(0) + (at % 2));
  const begins = new Set([0, 10, 11, 32, 127, ...wordEnds, 0xd800, 0xe000]);
  for (const { boundaries } of programs) for (const code of boundaries) begins.add(code);
  const sorted = [...begins].filter((code) => code <= 0x10ffff).sort((a, b) => a - b);
  if (sorted.length > mostCharacters) return null;
  const classes = sorted.flatMap((first, at) => {
    const end = sorted[at + 1] ?? 0x110000;
    if (first >= 0xd800 && first < 0xe000) return [];
    const plain = plainCharacters.find((code) => code >= first && code < end);
    return [plain ?? first];
  });
  const rank = (code: number) => (plainCharacters.includes(code) ? 0 : code >= 32 && code < 127 ? 1 : 2);
  return classes.sort((a, b) => rank(a) - rank(b));
}

const plainCharacters = [...'xabcdefghijklmnopqrstuvwyz 0123456789XABCDEFGHIJKLMNOPQRSTUVWYZ-'].map((one) =>
  one.charCodeAt(0),
);

const tests = new Map<string, (text: string) => boolean>();

function testOf(asked: TextAsked): (text: string) => boolean {
  const key = JSON.stringify(asked);
  let test = tests.get(key);
  if (test === undefined) {
    // What was compiled before is not refused.
    test = compileTextMatch(asked, { refuse: () => undefined });
    tests.set(key, test);
  }
  return test;
}
