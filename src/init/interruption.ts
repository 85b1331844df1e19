import type { Console } from './asterisk.ts';

const words = {
  SIGINT: 'stopped by Ctrl-C',
  SIGTERM: 'stopped by SIGTERM',
  SIGHUP: 'the session was lost (SIGHUP)',
} as const;
export type EndingSignal = keyof typeof words;
export const endingSignals = Object.keys(words) as readonly EndingSignal[];

/** Somebody has ended the command. */
export class Interrupted extends Error {
  readonly signal: EndingSignal;
  constructor(signal: EndingSignal) {
    super(words[signal]);
    this.signal = signal;
  }
}

/** The same console until the command is ended; then its answers are waited for no longer. For questions that change nothing. */
export function untilInterrupted(console: Console, interrupted: AbortSignal): Console {
  const ended = Promise.withResolvers<never>();
  ended.promise.catch(() => undefined);
  interrupted.addEventListener('abort', () => ended.reject(interrupted.reason), { once: true });
  return {
    ask: (command) => {
      interrupted.throwIfAborted();
      return Promise.race([console.ask(command), ended.promise]);
    },
  };
}
