import type { ErrorCode } from 'yaml';

interface Slip {
  readonly message: string;
  readonly remedy: string;
  readonly code: string;
}

const mergeMarker = /^(?:<{7}|={7}|>{7}|\|{7})(?= |\r?$)/m;
const typographicDash = /^[ \t]*[\u2010-\u2015\u2022][ \u00a0]/m;
const oddBlanks = /^ *[\u00a0\u2000-\u200a\u202f\u205f\u3000\u001b]+ *(?=\S)/m;
const wideColon = /^[ -]*[\w-]+\uff1a/m;

/** What editors, chat programs and git leave in a file, and a YAML reader has no words for. */
export function findSlip(text: string): (Slip & { readonly offset: number }) | null {
  const merge = mergeMarker.exec(text);
  if (merge)
    return {
      offset: merge.index,
      message: `an unfinished git merge left its mark here: ${merge[0]}`,
      remedy:
        'keep one of the two versions, and take away the lines that begin with <<<<<<<, ======= and >>>>>>>',
      code: 'merge-conflict',
    };
  if (/^[^\n]*\r[^\n]*$/.test(text))
    return {
      offset: 0,
      message:
        'the lines of this file end as on computers of before 2001 (a return alone), so it is one line',
      remedy: 'save it again with the line ends of Unix (LF) or Windows (CRLF)',
      code: 'line-ends',
    };
  const blanks = oddBlanks.exec(text);
  if (blanks)
    return {
      offset: blanks.index,
      message: 'this line begins with blanks that only look like blanks',
      remedy:
        'delete them and type blanks: text that was copied from a web page or a document brings such characters along',
      code: 'invisible-character',
    };
  const dash = typographicDash.exec(text);
  if (dash)
    return {
      offset: dash.index,
      message: 'this line begins with a dash or bullet of a word processor',
      remedy: 'write a plain hyphen and a blank: - id: …',
      code: 'typographic-dash',
    };
  const colon = wideColon.exec(text);
  if (colon)
    return {
      offset: colon.index,
      message: 'there is a wide colon (：) in this line',
      remedy: 'write a plain colon and a blank',
      code: 'wide-colon',
    };
  return null;
}

const quotes =
  /^[\u00ab\u00bb\u2018-\u201f\u2039\u203a\u300c-\u300f\uff02\uff07]|^\{?[\u201c\u201d]|[\u201c-\u201f]$/;
const invisible =
  /^[\u00a0\u00ad\u200b-\u200f\u202a-\u202f\u2060-\u2064\u2066-\u2069\u3000\ufeff]|[\u00a0\u00ad\u200b-\u200f\u202a-\u202f\u2060-\u2064\u2066-\u2069\u3000\ufeff]$/;

/** Of a word without quotes: letters that look like quotes or like nothing. Null: there are none. */
export function oddLetters(word: string): Slip | null {
  if (quotes.test(word))
    return {
      message: `the curly quotes in ${word.slice(0, 40)} are read as part of the text`,
      remedy: 'write straight quotes: " or \'',
      code: 'curly-quotes',
    };
  if (invisible.test(word))
    return {
      message: `there is an invisible character before or after ${JSON.stringify(word.replace(/[^\x21-\x7e]/g, '').slice(0, 40))}`,
      remedy:
        'type the line again: text that was copied from a web page or a document brings such characters along',
      code: 'invisible-character',
    };
  return null;
}

const indentation = 'begin lines that belong together in the same column, with blanks and no tabs';

const words: { readonly [C in ErrorCode]?: readonly [message: string, remedy: string] } = {
  MULTIPLE_DOCS: [
    'a line with --- or ... begins a second document, and only one is read',
    'take that line away, or move what follows it to a file of its own',
  ],
  TAB_AS_INDENT: ['this line is indented with a tab', 'use blanks in its place'],
  BAD_INDENT: ['this line begins in a column that fits none of the lines above it', indentation],
  BLOCK_IN_FLOW: ['a bracket or brace is opened above and not closed', 'close it, or look for one too many'],
  MISSING_CHAR: [
    'a quote, bracket, comma or colon is missing here',
    'check the quotes and brackets of this line and the one before it; after a colon there is a blank',
  ],
  MULTILINE_IMPLICIT_KEY: [
    'this line has no colon, or a text runs over from the line before',
    'write key: value; put a text that has a colon in quotes',
  ],
  BLOCK_AS_IMPLICIT_KEY: [
    'there are two values side by side in this line',
    'put a text that has a colon in quotes; write one key in a line',
  ],
  BAD_DQ_ESCAPE: [
    'a backslash in double quotes means something else here',
    "write the text in single quotes: '…'",
  ],
  BAD_SCALAR_START: [
    'this text begins with a character that has a meaning of its own (@, `, %, &, *, !)',
    "put the text in quotes: '…'",
  ],
  TAG_RESOLVE_FAILED: ['a word that begins with ! has a meaning of its own', "put the text in quotes: '…'"],
  BAD_DIRECTIVE: ['a line that begins with % has a meaning of its own', 'take it away'],
};

const anyFault = [
  'this line cannot be read',
  'check the indentation, quotes and brackets of this line and the one before it',
] as const;

/** `label: Customer {name}`: without quotes a brace begins a mapping. */
const bareLabel = /\blabel: *(?!["'|>])([^"'\n]*?\{[a-z-]{1,20}\}[^"'\n{}]*)/;

/** What is wrong in words for people who never saw YAML. @param code and said of the yaml package. @param line the one it stands in */
export function syntaxWords(
  code: ErrorCode,
  said: string,
  line: string,
): { readonly message: string; readonly remedy: string } {
  const [, label] = bareLabel.exec(line) ?? [];
  if (label !== undefined)
    return {
      message: 'not valid YAML: a label with { } stands here without quotes',
      remedy: `put it in quotes: label: '${label.trim()}'`,
    };
  const [, end] = /end with a ([\]}])/.exec(said) ?? [];
  if (end !== undefined)
    return {
      message: `not valid YAML: a ${end === ']' ? '[' : '{'} that is opened before this has no ${end}`,
      remedy: `write ${end} where it ends; check the brackets of this line and the one before it`,
    };
  const [message, remedy] = words[code] ?? anyFault;
  return { message: `not valid YAML: ${message}`, remedy };
}
