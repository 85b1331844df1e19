/** One file as it is to be. Texts are bytes, a character each (latin1), so that nothing else in the file changes. */
export interface Edit {
  readonly path: string;
  readonly after: string;
  /** The trunk's context comes last, and goes first on the way back. */
  readonly stage: 'files' | 'trunk';
  /** `marked`: what is ours can be told from what was edited since; `whole`: only the whole file is put back. */
  readonly how: 'marked' | 'whole';
  /**
   * Who may read a new file: Asterisk's user as its other files, Gatehouse (numbers of people; one that was open to all is closed too), root,
   * or everybody.
   */
  readonly like: 'asterisk' | 'gatehouse' | 'root' | 'everybody';
  /** The file of the program that it is a copy of. */
  readonly copyOf?: string;
  /** The file of the program that a new one is made of. */
  readonly madeOf?: string;
  /** A program writes it anew from elsewhere: it goes away again whatever is in it. */
  readonly copied?: true;
  /** Nobody else may read it. */
  readonly secret?: true;
  /** Address of the Redis whose configuration it is: it is given the new settings at once. */
  readonly redis?: string | undefined;
}

/** What a plan adds up to. */
export interface Plan {
  readonly edits: readonly Edit[];
  /** Notes of the dialplan; made when it is missing. */
  readonly spool: string;
  /** What init cannot do by itself, a sentence each. */
  readonly steps: readonly string[];
}

/** For files whose text is read as UTF-8: YAML. */
export function bytesOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
