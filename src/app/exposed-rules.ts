import type { Log } from '../log/log.ts';
import { openToAll } from '../process/open-to-all.ts';

const lookEveryMs = 300_000;

/** Whether the rule files, which hold numbers of people and keys of feeds, can be read by every user of this machine. */
export class ExposedRules {
  readonly #dir: string;
  readonly #log: Log;
  readonly #timer: NodeJS.Timeout;
  #file: string | null = null;

  constructor(dir: string, log: Log) {
    this.#dir = dir;
    this.#log = log;
    this.#timer = setInterval(() => void this.look(), lookEveryMs).unref();
    void this.look();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** For health: none, or one. */
  found(): readonly { readonly file: string; readonly message: string; readonly remedy: string }[] {
    return this.#file === null ? [] : [{ file: this.#file, ...exposed }];
  }

  async look(): Promise<void> {
    const file = await openToAll(this.#dir);
    if (file !== null && this.#file === null)
      this.#log.warn(exposed.message, { code: 'rules-open', file, remedy: exposed.remedy });
    this.#file = file;
  }
}

const exposed = {
  message: 'Every user of this machine can read rule files with numbers or keys',
  remedy: 'chgrp -R gatehouse and chmod -R o= on the directory of GATEHOUSE_RULES',
};
