/** The words of every prompt, per language: what `Policy.prompts` is. */
export interface PromptTexts {
  readonly languages: readonly string[];
  readonly defaultLanguage: string;
  readonly ids: readonly string[];
  /** The words in this language, else in the default language; null when no such prompt exists. */
  text(promptId: string, language: string): string | null;
}

/**
 * Whether the prompt has words of its own in the language. The same words as in the default language count as none:
 * they would only be read with a foreign voice.
 */
export function hasOwnWords(texts: PromptTexts, promptId: string, language: string): boolean {
  const words = texts.text(promptId, language);
  if (words === null) return false;
  return language === texts.defaultLanguage || words !== texts.text(promptId, texts.defaultLanguage);
}
