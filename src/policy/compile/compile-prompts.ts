import { z } from 'zod';
import { challengeKinds, challengePrompt } from '../../call/vocabulary.ts';
import { wordRemedy } from '../../text/spelling.ts';
import type { Problem } from '../problem.ts';
import { mapping, text, twoLines } from '../yaml/schema-words.ts';
import { problemsOfShape } from '../yaml/shape-problems.ts';
import type { YamlSource } from '../yaml/yaml-source.ts';

/** The words of every prompt, per language. */
export interface Prompts {
  readonly languages: readonly string[];
  /** Has every prompt; the others fall back to it. */
  readonly defaultLanguage: string;
  readonly ids: readonly string[];
  /** The words in this language, else in the default language; null when no such prompt exists. */
  text(promptId: string, language: string): string | null;
}

/** The same as plain data. */
export interface PromptWords {
  readonly languages: readonly string[];
  readonly defaultLanguage: string;
  /** Words by the id of the prompt and by language. */
  readonly words: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** What the call flow plays; a rule set without one of them would leave a caller in silence. */
export const requiredPrompts: readonly string[] = [
  ...challengeKinds.words.flatMap((kind) =>
    [null, 'silent' as const, 'wrong' as const].map((retry) => challengePrompt(kind, retry, undefined)),
  ),
  ...Array.from('0123456789', (digit) => `digit-${digit}`),
  'to-voicemail',
  'redress',
];

export const languageTag = text(
  'the language',
  /^[a-z]{2,3}(-[A-Z]{2})?$/,
  'write a language as en, es or en-GB',
);

const words = z
  .string({
    error: twoLines('the words of a prompt must be text', 'write the words as text, in quotes if need be'),
  })
  .trim()
  .min(1, { error: twoLines('the prompt has no words', 'write what the caller shall hear') })
  .max(1500, { error: twoLines('the prompt is too long to be heard out', 'write at most 1500 characters') });

export const promptsShape = mapping('the prompts file', {
  languages: z
    .array(languageTag, { error: twoLines('languages must be a list', 'write languages: [en, es]') })
    .min(1, { error: twoLines('there is no language', 'write languages: [en, es]') })
    .describe('Every prompt needs words in each; the default language of the settings must be whole.'),
  prompts: z
    .record(z.string(), z.record(z.string(), words), {
      error: twoLines('prompts must be ids with their words per language', 'write press-1: { en: …, es: … }'),
    })
    .describe('Words by the id of the prompt and by language.'),
});

/** @param defaultLanguage null when the settings could not be read; then no words are found missing */
export function compilePrompts(
  source: YamlSource,
  defaultLanguage: string | null,
): { readonly prompts: PromptWords | null; readonly problems: readonly Problem[] } {
  if (source.data === undefined) return { prompts: null, problems: source.problems };
  const parsed = promptsShape.safeParse(source.data);
  if (!parsed.success) return { prompts: null, problems: problemsOfShape(parsed.error, source) };
  const { languages, prompts } = parsed.data;
  const problems: Problem[] = [];
  for (const [id, byLanguage] of Object.entries(prompts)) {
    if (!/^[a-z0-9][a-z0-9-]{0,47}$/.test(id)) {
      const message = `a prompt cannot be called ${JSON.stringify(id.slice(0, 60))}`;
      const remedy = 'use small letters, digits and hyphens';
      problems.push({
        severity: 'error',
        ...source.atKey(['prompts'], id),
        message,
        remedy,
        code: 'bad-prompt-id',
      });
    }
    for (const language of Object.keys(byLanguage)) {
      if (languages.includes(language)) continue;
      const message = `prompt "${id}" has words in "${language}", which is not among the languages of this file`;
      const remedy = wordRemedy(language, languages, 'languages');
      problems.push({
        severity: 'error',
        ...source.atKey(['prompts', id], language),
        message,
        remedy,
        code: 'unknown-language',
      });
    }
  }
  for (const id of new Set([...requiredPrompts, ...Object.keys(prompts)])) {
    const missing = languages.filter((language) => prompts[id]?.[language] === undefined);
    for (const language of missing) {
      const isDefault = language === defaultLanguage;
      problems.push({
        severity: isDefault || !(id in prompts) ? 'error' : 'warning',
        ...(id in prompts ? source.atKey(['prompts'], id) : source.at(['prompts'])),
        message: `prompt "${id}" has no words in "${language}"${isDefault ? ', the default language' : ''}`,
        remedy: `add ${id}: with ${language}: and what the caller shall hear${isDefault ? '' : '; until then the default language is heard'}`,
        code: 'missing-prompt',
      });
      if (!(id in prompts)) break;
    }
  }
  const fallback = defaultLanguage ?? languages[0] ?? '';
  return { problems, prompts: { languages, defaultLanguage: fallback, words: prompts } };
}

export function promptsOf({ languages, defaultLanguage, words: said }: PromptWords): Prompts {
  const byId = new Map(Object.entries(said).map(([id, texts]) => [id, new Map(Object.entries(texts))]));
  return {
    languages,
    defaultLanguage,
    ids: [...byId.keys()],
    text: (id, language) => byId.get(id)?.get(language) ?? byId.get(id)?.get(defaultLanguage) ?? null,
  };
}
