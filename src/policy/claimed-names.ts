/** Names of agencies, charities and brands by group, as in claimed-names.yaml. */
export type NamesByGroup = Readonly<Record<string, readonly string[]>>;

export interface Claim {
  readonly group: string;
  /** As the list writes it. */
  readonly name: string;
}

/** Beside policy.yaml. */
export const claimedNamesFile = 'claimed-names.yaml';
/** A longer display name is looked at so far. */
const longestText = 120;
/** Letters and digits of a name on the list. */
export const longestName = 60;

/**
 * Finds out whom a display name claims to be. Capitals, accents, punctuation and spaces make no difference, nor do digits and
 * foreign letters in place of letters that look like them; a name is found at whole words only: `FIRST BANK` is no IRS.
 */
export class ClaimedNames {
  readonly groups: readonly string[];
  /** Names without spaces, by their length. */
  readonly #names = new Map<number, Map<string, Claim>>();
  readonly #lengths: readonly number[];
  /** Several conditions of one decision look at the same name. */
  #last: { readonly displayName: string; readonly claims: readonly Claim[] } = {
    displayName: '',
    claims: [],
  };

  /** The first group that has a name keeps it. */
  constructor(names: NamesByGroup) {
    this.groups = Object.keys(names);
    for (const [group, written] of Object.entries(names))
      for (const name of written) {
        const key = wordsOf(name).join('');
        const same = this.#names.get(key.length) ?? new Map<string, Claim>();
        if (key !== '' && !same.has(key)) same.set(key, { group, name });
        this.#names.set(key.length, same);
      }
    this.#lengths = [...this.#names.keys()].sort((a, b) => b - a);
  }

  get size(): number {
    let size = 0;
    for (const same of this.#names.values()) size += same.size;
    return size;
  }

  /** Claims of different groups, the longest name of each first. At most 120 places are compared with each length of name. */
  find(displayName: string): readonly Claim[] {
    if (this.#lengths.length === 0) return [];
    if (this.#last.displayName !== displayName)
      this.#last = { displayName, claims: this.#claimsOf(displayName) };
    return this.#last.claims;
  }

  #claimsOf(displayName: string): readonly Claim[] {
    const words = wordsOf(displayName.slice(0, longestText));
    const text = words.join('');
    const starts: number[] = [];
    let end = 0;
    for (const word of words) {
      starts.push(end);
      end += word.length;
    }
    const ends = new Set([...starts.slice(1), end]);
    const found = new Map<string, Claim>();
    for (const length of this.#lengths)
      for (const start of starts) {
        if (!ends.has(start + length)) continue;
        const claim = this.#names.get(length)?.get(text.slice(start, start + length));
        if (claim !== undefined && !found.has(claim.group)) found.set(claim.group, claim);
      }
    return [...found.values()];
  }
}

/** Folded alike for both sides: what looks like another letter becomes one letter. */
function wordsOf(text: string): readonly string[] {
  const plain = text
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}]/gu, '')
    .toLowerCase()
    .replace(/[^\x00-\x7f]|[01l5$348@]/gu, (sign) => lookAlikes.get(sign) ?? sign);
  return plain.match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Cyrillic, Greek, digits and signs that are drawn as Latin letters; `l` and `1` both look like `i`. */
const drawn = 'аеорсухіјѕһԁмткнвαειορτυνκηγ01l5$348@';
const latin = 'aeopcyxijshdmtkhbaeioptuvknyoiisseaba';
const lookAlikes: ReadonlyMap<string, string> = new Map(
  Array.from(drawn).map((sign, at) => [sign, latin.charAt(at)]),
);
