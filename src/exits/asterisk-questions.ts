/** What can be asked of a running Asterisk through a channel. Each rejects with CallControlError when there is no answer. */
export interface AsteriskQuestions {
  /** What the dialplan would read in `${…}`: `VM_INFO(general@default,exists)`; empty: no such variable or function. */
  read(expression: string): Promise<string>;
  /**
   * A setting of a file in Asterisk's configuration directory, as Asterisk reads it; empty: not set.
   * @param index of several with this name, 0 for the first; left out: the last one, which counts
   */
  config(file: string, section: string, name: string, index?: number): Promise<string>;
}

/** Asked by `${…}` alone. */
export function questionsOf(read: AsteriskQuestions['read']): AsteriskQuestions {
  return {
    read,
    config: (file, section, name, index = -1) => read(`AST_CONFIG(${file},${section},${name},${index})`),
  };
}
