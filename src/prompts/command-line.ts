import { PromptRenderError } from './run-tool.ts';

/** A text-to-speech program with its arguments, and what is put into them. */
export interface SpeechCommand {
  readonly program: string;
  readonly args: readonly string[];
}

export interface SpeechInput {
  /** A file that holds the words, UTF-8. They are the program's stdin too. */
  readonly textFile: string;
  /** The WAV file that it shall write, of any rate. */
  readonly out: string;
  readonly language: string;
}

const placeholder = /\{([a-z-]*)\}/g;
const known = ['text-file', 'out', 'language'];

/**
 * `piper --model {language}.onnx --output_file "{out}"` to a program and its arguments. Quotes hold blanks together; there is
 * no shell, so nothing else has a meaning. `{out}` must be there. @throws PromptRenderError `bad-command`
 */
export function speechCommand(line: string): SpeechCommand {
  const [program, ...args] = splitWords(line);
  if (program === undefined) throw refused('it names no program');
  const named = args.flatMap((arg) => [...arg.matchAll(placeholder)].map(([, name = '']) => name));
  const unknown = named.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw refused(`{${unknown}} is not known; allowed: {text-file}, {out}, {language}`);
  if (!named.includes('out')) throw refused('it has no {out}, the WAV file that it shall write');
  if (/[{}]/.test(program)) throw refused('the program itself cannot be a placeholder');
  return { program, args };
}

/** The arguments of one run. What is put in is never split or read again. */
export function argumentsFor({ args }: SpeechCommand, { textFile, out, language }: SpeechInput): string[] {
  const values: Record<string, string> = { 'text-file': textFile, out, language };
  return args.map((arg) => arg.replace(placeholder, (whole, name: string) => values[name] ?? whole));
}

function splitWords(line: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (const character of line) {
    if (quote !== null) {
      if (character === quote) quote = null;
      else word += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (/\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? '') + character;
  }
  if (quote !== null) throw refused(`a quote ${quote} is not closed`);
  if (word !== null) words.push(word);
  return words;
}

function refused(reason: string): PromptRenderError {
  return new PromptRenderError('bad-command', `the text-to-speech command cannot be used: ${reason}`);
}
