import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const listsLine = '\nlists:\n';
const rulesLine = '\nrules:\n';

/** The shipped rules with a feed beside them, and edits that break them. */
export class ChaosRules {
  readonly dir: string;
  readonly #text: string;
  readonly #feedUrl: string;
  #feedVersion = 1;
  #edit: (text: string) => string = (text) => text;

  private constructor(dir: string, text: string, feedUrl: string) {
    this.dir = dir;
    this.#text = text;
    this.#feedUrl = feedUrl;
  }

  static async of(dir: string, feedUrl: string): Promise<ChaosRules> {
    const text = await readFile(join(dir, 'policy.yaml'), 'utf8');
    if (!text.includes(listsLine) || !text.includes(rulesLine))
      throw new Error('policy.yaml has no lists or rules');
    const rules = new ChaosRules(dir, text, feedUrl);
    await rules.#write();
    return rules;
  }

  /** @param variant 0 to below 1 */
  async breakThem(variant: number): Promise<void> {
    this.#edit = brokenEdits[Math.floor(variant * brokenEdits.length)] ?? this.#edit;
    await this.#write();
  }

  async mend(): Promise<void> {
    this.#edit = (text) => text;
    await this.#write();
  }

  /** The feed has another address: it is fetched at once, not when it is due. */
  async fetchFeedAgain(): Promise<void> {
    this.#feedVersion++;
    await this.#write();
  }

  async #write(): Promise<void> {
    const feed = `  complaints: { url: '${this.#feedUrl}?${this.#feedVersion}', kind: block, about: A feed. }\n`;
    const rule =
      '  - id: complained-about\n    when: { caller: { in: complaints } }\n    then: { reject: { sip: 607, announcement: redress } }\n\n';
    const anchor = '  - id: withheld\n';
    const whole = this.#text.replace(listsLine, `${listsLine}${feed}`).replace(anchor, `${rule}${anchor}`);
    await writeFile(join(this.dir, 'policy.yaml'), this.#edit(whole));
  }
}

const brokenEdits: readonly ((text: string) => string)[] = [
  (text) => text.replace('then: { connect: {', 'then: { conect: {'),
  (text) => text.slice(0, text.length / 2),
  () => '',
  (text) => text.replace('in: staff }', 'in: nobody }'),
  // Loads, and fails the shipped cases: customers would be asked.
  (text) =>
    text.replace("then: { connect: { label: 'Customer {name}' } }", 'then: { challenge: { kind: press-1 } }'),
];
