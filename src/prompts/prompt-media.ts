export interface PromptMediaOptions {
  /** ARI media prefix, `sound:gatehouse`. */
  readonly prefix: string;
  readonly languages: readonly string[];
  readonly defaultLanguage: string;
  /** Whether a prompt has its own words, and so its own sound, in a language. */
  has(promptId: string, language: string): boolean;
}

/** ARI media URIs of a prompt and of digits read out after it. */
export interface MediaOfPrompts {
  /** Never empty. Unknown language or no words in it: the default language's. */
  media(promptId: string, language: string, digits?: string): readonly string[];
}

/**
 * Names the sounds as `renderPrompts` files them: `<prefix>/<language>/<prompt>`, digits as the prompts `digit-0` …
 * `digit-9`. All items of one call to `media` are in one language, so that no caller hears half a sentence in each.
 */
export function createPromptMedia(options: PromptMediaOptions): MediaOfPrompts {
  const { prefix, languages, defaultLanguage, has } = options;
  return {
    media(promptId, language, digits = '') {
      const ids = [promptId, ...[...digits].filter(isDigit).map((digit) => `digit-${digit}`)];
      const whole = languages.includes(language) && ids.every((id) => has(id, language));
      return ids.map((id) => `${prefix}/${whole ? language : defaultLanguage}/${id}`);
    },
  };
}

function isDigit(character: string): boolean {
  return /^[0-9]$/.test(character);
}
