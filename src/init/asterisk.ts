import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type ConfFiles, readConf, valueIn } from './conf/conf-tree.ts';
import { withoutOurs } from './conf/ours.ts';

const answerMs = 15_000;

/**
 * Runs a program that Ctrl-C and the loss of the session do not reach: what it has begun it ends.
 * @returns its stdout. @throws an Error with its `stdout` and `stderr`
 */
export async function runApart(
  timeoutMs: number,
  program: string,
  ...args: readonly string[]
): Promise<string> {
  // In a session of its own.
  const child = spawn(program, args, {
    ...{ detached: true, timeout: timeoutMs },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = [text(child.stdout), text(child.stderr)] as const;
  const [stdout, stderr, [code]] = await Promise.all([...output, once(child, 'close')]);
  if (code === 0) return stdout;
  throw Object.assign(new Error(`${[program, ...args].join(' ')} failed: ${stderr.trim()}`), {
    stdout,
    stderr,
  });
}

/** Asterisk's own console. */
export interface Console {
  /** What Asterisk prints. @throws an Error when it does not run here or does not answer */
  ask(command: string): Promise<string>;
}

export const asteriskConsole: Console = {
  async ask(command) {
    try {
      return await runApart(answerMs, 'asterisk', '-rx', command);
    } catch (failed) {
      // A command that Asterisk ran and that found nothing may end with an exit code too.
      const { stdout = '', stderr = '' } = failed as { stdout?: string; stderr?: string };
      if (stdout.trim() !== '' && !/unable to connect/i.test(stdout + stderr)) return stdout;
      throw new Error('Asterisk does not answer its console (asterisk -rx)', { cause: failed });
    }
  },
};

/** Where Asterisk has what. */
export interface AsteriskHome {
  readonly version: string | null;
  readonly running: boolean;
  readonly etc: string;
  readonly spool: string;
  readonly data: string;
  readonly modules: string;
  /** FreePBX writes its files anew; only those that end in _custom.conf are the site's. */
  readonly kind: 'plain' | 'freepbx';
}

/**
 * From the running Asterisk, else from asterisk.conf.
 * @param etc its configuration directory when it does not run
 * @throws an Error when neither is there
 */
export async function findAsterisk(console: Console, etc = '/etc/asterisk'): Promise<AsteriskHome> {
  const said = await console.ask('core show settings').catch(() => null);
  const spoken = (name: string): string | null =>
    said === null ? null : (new RegExp(`^\\s*${name}:\\s+(\\S.*?)\\s*$`, 'm').exec(said)?.[1] ?? null);
  const dir = spoken('Configuration directory') ?? etc;
  if (!existsSync(join(dir, 'asterisk.conf')))
    throw new Error(
      `no Asterisk here: it does not answer asterisk -rx, and there is no ${join(dir, 'asterisk.conf')}`,
    );
  const conf = readConf(diskFiles(dir), 'asterisk.conf');
  const written = (name: string, usual: string): string => valueIn(conf, 'directories', name) ?? usual;
  return {
    version: spoken('Version'),
    running: said !== null,
    etc: dir,
    spool: spoken('Spool directory') ?? written('astspooldir', '/var/spool/asterisk'),
    data: spoken('Data directory') ?? written('astdatadir', '/usr/share/asterisk'),
    modules: spoken('Module directory') ?? written('astmoddir', '/usr/lib/asterisk/modules'),
    kind: existsSync(join(dir, 'extensions_additional.conf')) ? 'freepbx' : 'plain',
  };
}

/** A file as text, byte for byte; null: it is not there. @throws other errors of node:fs */
export function rawText(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch (failed) {
    if ((failed as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw failed;
  }
}

/** The configuration as it is without what init wrote, so that a second run plans the same. */
export function diskFiles(etc: string): ConfFiles {
  return {
    etc,
    text: (path) => {
      const raw = rawText(path);
      return raw === null ? null : withoutOurs(raw).text;
    },
    matching: (pattern) =>
      /[*?[{]/.test(pattern) ? globSync(pattern).sort() : existsSync(pattern) ? [pattern] : [],
  };
}
