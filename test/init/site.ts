import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { GivenAnswers } from '../../src/init/answers.ts';
import { type Console, diskFiles } from '../../src/init/asterisk.ts';
import { readConf } from '../../src/init/conf/conf-tree.ts';
import type { Places } from '../../src/init/ground.ts';
import { type Init, type InitResult, init } from '../../src/init/init.ts';
import { trunksOf } from '../../src/init/trunks.ts';
import { type Undone, uninit } from '../../src/init/uninit.ts';

const program = join(import.meta.dirname, '../..');

/** A small telephone system: a carrier, whose calls go to `from-carrier`. */
export const plainFiles: Readonly<Record<string, string>> = {
  'http.conf': '[general]\nbindaddr=127.0.0.1 ; only here\n;enabled=yes',
  'ari.conf': '[general]\nenabled = yes\n',
  'modules.conf': '[modules]\nautoload=yes\n',
  'extensions.conf': '[globals]\nA=1\n[from-carrier]\nexten => _X.,1,Dial(PJSIP/desk)\n',
  'voicemail.conf': '; boxes\n[general]\nformat=wav\n[default]\n100 => 1,Desk\n',
  'pjsip.conf':
    '[carrier]\ntype = endpoint\n context=from-carrier\t; old\n[carrier]\ntype=identify\nendpoint=carrier\nmatch=192.0.2.1\n',
};

/**
 * Answers as Asterisk's console does, from the files as they were at the last reload. What it promises of Asterisk is proven by
 * test/e2e/init-…; here it refuses what a test says.
 */
export class FakeConsole implements Console {
  readonly #etc: string;
  #contexts: Readonly<Record<string, string>> = {};
  readonly asked: string[] = [];
  /** Each command that fits fails. */
  refuses: RegExp = /^$/;
  /** Before each command. */
  before: (command: string) => void = () => undefined;
  channels = '';
  hasVoicemail = true;
  /** What `database show blacklist` prints. */
  blacklist = '0 results found.\n';

  constructor(etc: string) {
    this.#etc = etc;
    this.#readTrunks();
  }

  ask(command: string): Promise<string> {
    this.asked.push(command);
    this.before(command);
    return Promise.resolve(this.refuses.test(command) ? `No: ${command}` : this.#answer(command));
  }

  #answer(command: string): string {
    if (command === 'core show settings')
      return `  Version:  22.10.1\n  Configuration directory:     ${this.#etc}\n  Spool directory:   ${join(this.#etc, '../spool')}\n`;
    if (command.endsWith('application VoiceMail') && !this.hasVoicemail)
      return 'Your application(s) is (are) not registered';
    if (command.startsWith('core show application')) return '-= Info about Application =-';
    if (command.startsWith('dialplan show')) return "'x' => 1. NoOp()";
    if (command === 'module reload res_pjsip.so') this.#readTrunks();
    if (command.startsWith('module reload')) return 'reloaded successfully';
    if (command === 'dialplan reload') return 'Dialplan reloaded.';
    if (command === 'database show blacklist') return this.blacklist;
    if (command === 'voicemail reload') return 'Reloading voicemail configuration...';
    const endpoint = /^pjsip show endpoint (.*)$/.exec(command)?.[1];
    if (endpoint !== undefined) return ` context    : ${this.#contexts[endpoint] ?? ''}\n`;
    return command === 'core show channels concise' ? this.channels : '';
  }

  #readTrunks(): void {
    const files = {
      ...diskFiles(this.#etc),
      text: (path: string) => {
        try {
          return readFileSync(path, 'latin1');
        } catch {
          return null;
        }
      },
    };
    const trunks = trunksOf(readConf(files, 'pjsip.conf'), readConf(files, 'pjsip_wizard.conf'));
    this.#contexts = Object.fromEntries(trunks.map(({ name, context }) => [name, context]));
  }
}

export class Site {
  readonly dir = mkdtempSync(join(tmpdir(), 'gatehouse-init-'));
  readonly etc = join(this.dir, 'etc');
  readonly cronFile = join(this.dir, 'cron.d/gatehouse-blacklist');
  readonly places: Places;
  readonly console: FakeConsole;
  readonly said: string[] = [];
  readonly #ari: Server;

  private constructor(files: Readonly<Record<string, string>>, ari: Server) {
    this.#ari = ari;
    for (const [name, text] of Object.entries(files)) this.write(name, text);
    this.write('asterisk.conf', `[directories]\nastspooldir => ${this.dir}/spool\n`);
    mkdirSync(join(this.dir, 'spool'));
    mkdirSync(dirname(this.cronFile));
    const own = join(this.dir, 'gatehouse');
    this.places = {
      ...{ dir: own, rules: join(own, 'rules'), env: join(own, 'gatehouse.env'), program },
      ...{ password: join(own, 'ari-password'), manifest: join(own, 'init.json'), group: null },
    };
    this.console = new FakeConsole(this.etc);
  }

  static async of(files: Readonly<Record<string, string>> = plainFiles): Promise<Site> {
    const ari = createServer((request, reply) => {
      reply.statusCode = request.method === 'DELETE' ? 404 : 200;
      reply.end(JSON.stringify({ system: { version: '22.10.1' } }));
    });
    await new Promise<void>((resolve) => ari.listen(0, '127.0.0.1', resolve));
    const { port } = ari.address() as AddressInfo;
    const site = new Site({ 'http.conf': '', ...files }, ari);
    await cp(join(program, 'rules'), site.places.rules, { recursive: true });
    writeFileSync(site.places.env, `# ours\nGATEHOUSE_ARI_URL=http://127.0.0.1:${port}\n`);
    return site;
  }

  close(): void {
    this.#ari.close();
    rmSync(this.dir, { recursive: true, force: true });
  }

  write(name: string, text: string): void {
    const path = join(this.etc, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, 'latin1');
  }

  read(name: string): string {
    return readFileSync(join(this.etc, name), 'latin1');
  }

  /** Every file and directory with its mode and bytes. */
  snapshot(): Record<string, string> {
    const entries = readdirSync(this.dir, { recursive: true, withFileTypes: true });
    return Object.fromEntries(
      entries.map((entry) => {
        const path = join(entry.parentPath, entry.name);
        const mode = (statSync(path).mode & 0o7777).toString(8);
        return [path, `${mode} ${entry.isFile() ? readFileSync(path, 'latin1') : ''}`];
      }),
    );
  }

  init(given: GivenAnswers = {}, options: Partial<Init> = {}): Promise<InitResult> {
    return init({ ...this.options(given), ...options });
  }

  options(given: GivenAnswers = {}): Init {
    return {
      ...{
        console: this.console,
        places: this.places,
        etc: undefined,
        ask: null,
        dryRun: false,
        ring: false,
      },
      given: { 'own-numbers': ['+13172740100'], 'time-zone': 'America/Chicago', ...given },
      confirm: () => Promise.resolve(true),
      settings: { ariUser: 'gatehouse', http: '127.0.0.1:1', redisUrl: '' },
      interrupted: new AbortController().signal,
      say: (text) => this.said.push(text),
      show: (diff) => this.said.push(diff),
    };
  }

  /** How often Gatehouse was stopped. */
  stops = 0;

  uninit(interrupted = new AbortController().signal): Promise<Undone | null> {
    const { manifest, password } = this.places;
    const stopService = () => {
      this.stops++;
      return Promise.resolve(true);
    };
    return uninit({
      console: this.console,
      manifest,
      password,
      etc: undefined,
      waitMs: 0,
      stopService,
      interrupted,
    });
  }
}

/** A site that init has set up, until the end of the test. */
export async function initialized(
  given: GivenAnswers = {},
  files: Readonly<Record<string, string>> = {},
): Promise<{ site: Site; steps: readonly string[] }> {
  const site = await Site.of({ ...plainFiles, ...files });
  onTestFinished(() => site.close());
  const { steps } = await site.init(given);
  return { site, steps };
}
