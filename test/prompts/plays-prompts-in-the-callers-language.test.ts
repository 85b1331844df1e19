import { describe, expect, it } from 'vitest';
import { type PromptTexts, promptMedia } from '../../src/prompts/prompt-media.ts';
import type { PromptMedia } from '../../src/screening/ports.ts';

const spoken = new Set([
  'en/press-1',
  'en/two-digits',
  'en/digit-4',
  'en/digit-7',
  'es/two-digits',
  'es/digit-4',
  'es/digit-7',
]);
const media: PromptMedia = promptMedia('sound:gatehouse', () => ({
  languages: ['en', 'es'],
  defaultLanguage: 'en',
  ids: [],
  text: (id, language) => [`${language}/${id}`, `en/${id}`].find((words) => spoken.has(words)) ?? null,
}));

it('names the sound by language and prompt', () => {
  expect(media.media('press-1', 'en')).toEqual(['sound:gatehouse/en/press-1']);
});

it('reads digits out one by one after the prompt', () => {
  expect(media.media('two-digits', 'es', '47')).toEqual([
    'sound:gatehouse/es/two-digits',
    'sound:gatehouse/es/digit-4',
    'sound:gatehouse/es/digit-7',
  ]);
});

describe('the default language', () => {
  it.each([
    ['the language has no such prompt', 'press-1', 'es'],
    ['the language is unknown', 'press-1', 'fr'],
    ['the language is hostile', 'press-1', '../../etc'],
  ])('is heard when %s', (_, id, language) => {
    expect(media.media(id, language)).toEqual([`sound:gatehouse/en/${id}`]);
  });

  it('is heard as a whole when a digit has no words', () => {
    expect(media.media('two-digits', 'es', '48').every((uri) => uri.includes('/en/'))).toBe(true);
  });
});

it('never answers with nothing, and reads out nothing but digits', () => {
  expect(media.media('unheard-of', 'en')).toEqual(['sound:gatehouse/en/unheard-of']);
  expect(media.media('two-digits', 'en', '4/x*7')).toHaveLength(3);
});

it('follows a reload of the rules', () => {
  const texts = (es: string): PromptTexts => ({
    languages: ['en', 'es'],
    defaultLanguage: 'en',
    ids: ['press-1'],
    text: (_id, language) => (language === 'es' ? es : 'Press 1'),
  });
  let current = texts('Press 1');
  const live = promptMedia('sound:x', () => current);
  expect(live.media('press-1', 'es')).toEqual(['sound:x/en/press-1']);
  current = texts('Marque 1');
  expect(live.media('press-1', 'es')).toEqual(['sound:x/es/press-1']);
});
