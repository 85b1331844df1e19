import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from 'ioredis';

/**
 * One Lua script a file, `scripts/record-outcome.lua` for `recordOutcome`: its head says what its keys and arguments are. Each
 * touches keys of one hash slot, and may be repeated. The number is that of its keys.
 */
const keysOfScripts = {
  recordOutcome: 2,
  noteAfterExit: 2,
  noteRealExit: 3,
  finishRewrite: 2,
  grantPass: 1,
  countCallerCall: 1,
  countCall: 2,
  extendUntil: 1,
  flagCaller: 2,
  removeFlag: 2,
  readFlags: 2,
  expectCall: 1,
  keepAction: 1,
  holdLease: 1,
  keepOnce: 1,
  readCaller: 5,
} as const;

type ScriptName = keyof typeof keysOfScripts;

declare module 'ioredis' {
  interface RedisCommander<Context> {
    recordOutcome(...keysAndArgs: (string | Buffer)[]): Result<number, Context>;
    noteAfterExit(...keysAndArgs: (string | Buffer)[]): Result<number, Context>;
    noteRealExit(...keysAndArgs: (string | Buffer)[]): Result<number, Context>;
    finishRewrite(...keysAndArgs: string[]): Result<number, Context>;
    grantPass(...keysAndArgs: string[]): Result<number, Context>;
    countCallerCall(...keysAndArgs: string[]): Result<number, Context>;
    countCall(...keysAndArgs: (string | Buffer)[]): Result<number, Context>;
    extendUntil(...keysAndArgs: string[]): Result<number, Context>;
    flagCaller(...keysAndArgs: string[]): Result<number, Context>;
    removeFlag(...keysAndArgs: string[]): Result<number, Context>;
    readFlags(...keysAndArgs: string[]): Result<unknown, Context>;
    expectCall(...keysAndArgs: string[]): Result<number, Context>;
    keepAction(...keysAndArgs: string[]): Result<number, Context>;
    holdLease(...keysAndArgs: string[]): Result<number, Context>;
    keepOnce(...keysAndArgs: string[]): Result<number, Context>;
    readCaller(...keysAndArgs: string[]): Result<unknown, Context>;
  }
}

const readOnly: readonly ScriptName[] = ['readCaller', 'readFlags'];

/** As ioredis defines commands of them. */
export const scripts = Object.fromEntries(
  (Object.keys(keysOfScripts) as ScriptName[]).map((name) => {
    const keys = keysOfScripts[name];
    const options = { lua: textOf(name), readOnly: readOnly.includes(name) };
    return [name, { ...options, numberOfKeys: keys }];
  }),
);

/** A line `-- include: name` stands for the file of that name in `scripts/includes`. */
function textOf(name: string): string {
  return read(`${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.lua`).replace(
    /^-- include: (.*)$/gm,
    (_, include: string) => read(`includes/${include}.lua`),
  );
}

function read(path: string): string {
  return readFileSync(join(import.meta.dirname, 'scripts', path), 'utf8');
}
