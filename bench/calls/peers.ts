import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child, until } from '../../lab/child.ts';
import { freePort } from '../../lab/free-ports.ts';
import { type Lab, shippedRules } from '../../lab/lab.ts';

export const peerNames = ['bare', 'fastagi', 'plain', 'gatehouse'] as const;
export type PeerName = (typeof peerNames)[number];

/** One way in which a call reaches the operators. */
export interface Peer {
  readonly name: PeerName;
  /** What it is, for people. */
  readonly about: string;
  /** Calls from this address are its. */
  readonly address: string;
  /** The process beside Asterisk; null: there is none. */
  readonly pid: number | null;
}

export interface Peers {
  readonly all: readonly Peer[];
  stop(): Promise<void>;
}

/** Where calls from this address are answered by Playback() alone, for comparison with the challenge. */
export const playbackAddress = '127.0.0.5';

/** Known callers, every one on the list of customers: fictitious numbers of ten area codes. */
export const knownCallers: readonly string[] = [
  '212',
  '310',
  '312',
  '404',
  '415',
  '512',
  '602',
  '617',
  '702',
  '713',
].flatMap((area) => Array.from({ length: 100 }, (_, last) => `+1${area}5550${100 + last}`));

/** The shipped rules, with a list of customers of a size that a switchboard has. */
export async function rulesWithKnownCallers(): Promise<AsyncDisposable & { readonly dir: string }> {
  const made = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'));
  const dir = join(made, 'rules');
  await cp(shippedRules, dir, { recursive: true });
  const rows = knownCallers.map((number, at) => `${number},Customer ${at + 1},,\n`).join('');
  await appendFile(join(dir, 'lists', 'customers.csv'), rows);
  return { dir, [Symbol.asyncDispose]: () => rm(made, { recursive: true, force: true }) };
}

/**
 * Gives the lab's Asterisk a trunk for each peer, told apart by the address that calls come from, operators that cost little
 * and are the same for all, and sound for more calls at once; then starts the processes of the peers.
 */
export async function startPeers(lab: Lab, playback: string): Promise<Peers> {
  const etc = join(lab.dir, 'etc');
  const agiPort = await freePort();
  await writeFile(join(etc, 'gatehouse', 'gatehouse-site.conf'), operators);
  await appendFile(join(etc, 'extensions.conf'), peersDialplan(agiPort, playback));
  await appendFile(
    join(etc, 'pjsip.conf'),
    (['bare', 'fastagi', 'plain', 'playback'] as const).map(trunk).join(''),
  );
  await writeFile(join(etc, 'rtp.conf'), '[general]\nrtpstart = 30000\nrtpend = 49999\n');
  await lab.asterisk.cli('dialplan reload');
  await lab.asterisk.cli('module reload res_pjsip.so');
  await lab.asterisk.cli('module reload res_rtp_asterisk.so');
  const child = (name: string, file: string, args: readonly string[], env: Record<string, string>) =>
    new Child(name, process.execPath, [join(import.meta.dirname, file), ...args], {
      log: join(lab.dir, 'log', `${name}.log`),
      env: { ...process.env, ...env },
    });
  const fastagi = child('fastagi', 'fastagi-server.ts', [String(agiPort)], {});
  const plain = child('plain', 'plain-app.ts', [], {
    ARI_URL: lab.gatehouse.plan.ariUrl,
    ARI_PASSWORD: lab.gatehouse.plan.ariPassword,
  });
  await until('the plain app to be connected', 15_000, async () => {
    const said = await readFile(join(lab.dir, 'log', 'plain.log'), 'utf8');
    if (!plain.running) throw new Error(`the plain app ended at start: ${said}`);
    return said.includes('open') ? true : null;
  });
  return {
    all: [
      { name: 'bare', about: 'bare dialplan', address: addresses.bare, pid: null },
      { name: 'fastagi', about: 'FastAGI in Node', address: addresses.fastagi, pid: fastagi.pid },
      { name: 'plain', about: 'ari-client, only continue', address: addresses.plain, pid: plain.pid },
      { name: 'gatehouse', about: 'Gatehouse', address: '127.0.0.1', pid: lab.gatehouse.child.pid },
    ],
    stop: async () => void (await Promise.all([fastagi.stop(), plain.stop()])),
  };
}

const addresses = {
  bare: '127.0.0.2',
  fastagi: '127.0.0.3',
  plain: '127.0.0.4',
  playback: playbackAddress,
};

const operators = `[gatehouse-to-operators]
exten => h,1,Hangup()
exten => _[+0-9A-Za-z*#]!,1,Answer()
 same => n,Wait(60)
 same => n,Hangup()
[gatehouse-to-voicemail]
exten => h,1,Hangup()
exten => _[+0-9A-Za-z*#]!,1,Goto(gatehouse-to-operators,\${EXTEN},1)
`;

const peersDialplan = (agiPort: number, playback: string): string => `
[bench-bare]
exten => h,1,Hangup()
exten => _[+0-9]!,1,Goto(gatehouse-to-operators,\${EXTEN},1)
[bench-fastagi]
exten => h,1,Hangup()
exten => _[+0-9]!,1,AGI(agi://127.0.0.1:${agiPort}/decide)
 same => n,Goto(gatehouse-to-operators,\${EXTEN},1)
[bench-plain]
exten => h,1,Hangup()
exten => _[+0-9]!,1,Stasis(bench-plain,\${EXTEN})
 same => n,Hangup()
[bench-playback]
exten => h,1,Hangup()
exten => _[+0-9]!,1,Answer()
 same => n,Playback(silence/1)
 same => n,Playback(${playback})
 same => n,Goto(gatehouse-to-operators,\${EXTEN},1)
`;

const trunk = (name: keyof typeof addresses): string => `
[bench-${name}](carrier)
context = bench-${name}
[bench-${name}-calls]
type = identify
endpoint = bench-${name}
match = ${addresses[name]}
`;
