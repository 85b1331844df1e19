import { createPromptMedia, type MediaOfPrompts } from './prompt-media.ts';
import { hasOwnWords, type PromptTexts } from './prompt-texts.ts';

/** The sounds of the policy in force; a reload of the rules takes effect with the next prompt. */
export class PolicyPromptMedia implements MediaOfPrompts {
  readonly #prefix: string;
  readonly #current: () => PromptTexts;

  /** @param prefix ARI media prefix, `sound:gatehouse` @param current the prompts of the policy in force */
  constructor(prefix: string, current: () => PromptTexts) {
    this.#prefix = prefix;
    this.#current = current;
  }

  media(promptId: string, language: string, digits?: string): readonly string[] {
    const texts = this.#current();
    const { languages, defaultLanguage } = texts;
    const has = (id: string, inLanguage: string) => hasOwnWords(texts, id, inLanguage);
    return createPromptMedia({ prefix: this.#prefix, languages, defaultLanguage, has }).media(
      promptId,
      language,
      digits,
    );
  }
}
