/** The words of the prompts in force. */
export interface PromptTexts {
  readonly languages: readonly string[];
  readonly defaultLanguage: string;
  readonly ids: readonly string[];
  /** The words in this language, else in the default language; null when no such prompt exists. */
  text(promptId: string, language: string): string | null;
}

/** ARI media URIs of a prompt and of digits read out after it. */
export interface MediaOfPrompts {
  /** Never empty. An unknown language, or one without words for the prompt: the default language. */
  media(promptId: string, language: string, digits?: string): readonly string[];
}

/**
 * Names the sounds where `renderPrompts` files them: `<prefix>/<language>/<prompt>`, digits as the prompts `digit-0` …
 * `digit-9`. All items of one call to `media` are in one language: no caller hears half a sentence in each.
 * @param prefix ARI media prefix, `sound:gatehouse`
 * @param current the prompts in force; a reload of the rules takes effect with the next prompt
 */
export function promptMedia(prefix: string, current: () => PromptTexts): MediaOfPrompts {
  return {
    media(promptId, language, digits = '') {
      const texts = current();
      const ids = [promptId, ...[...digits].filter(isDigit).map((digit) => `digit-${digit}`)];
      const isSpoken =
        texts.languages.includes(language) && ids.every((id) => hasOwnWords(texts, id, language));
      return ids.map((id) => `${prefix}/${isSpoken ? language : texts.defaultLanguage}/${id}`);
    },
  };
}

/**
 * True when the prompt has words of its own in the language. Words equal to the default language's do not count: a foreign
 * voice would read them.
 */
export function hasOwnWords(texts: PromptTexts, promptId: string, language: string): boolean {
  const words = texts.text(promptId, language);
  if (words === null) return false;
  return language === texts.defaultLanguage || words !== texts.text(promptId, texts.defaultLanguage);
}

function isDigit(character: string): boolean {
  return /^[0-9]$/.test(character);
}
