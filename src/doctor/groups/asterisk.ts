import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AsteriskProbe } from '../asterisk-probe.ts';
import { error, type Finding, ok, unknown, warning } from '../finding.ts';
import type { Site } from '../site.ts';

const oldest = 20;
const needed = [
  'app_stasis.so',
  'res_stasis_answer.so',
  'res_stasis_playback.so',
  'res_pjsip.so',
  'func_module.so',
];
const voicemails = ['app_voicemail.so', 'app_voicemail_odbc.so', 'app_voicemail_imap.so'];
const [fewSessions, shortWriteMs] = [200, 1000];

export async function* asterisk({ asterisk: probe, asteriskProblem }: Site): AsyncGenerator<Finding> {
  if (asteriskProblem !== null) yield asteriskProblem;
  if (probe === null) return;
  const major = Number.parseInt(probe.version, 10);
  // A version from its repository says GIT-….
  if (Number.isNaN(major)) yield unknown('asterisk.version', `Asterisk ${probe.version}`);
  else if (major < oldest)
    yield error(
      'asterisk.version',
      `Asterisk ${probe.version} is too old`,
      `install Asterisk ${oldest} or newer`,
    );
  else yield ok('asterisk.version', `Asterisk ${probe.version}`);
  if (await probe.leads('macro-hangupcall', 's'))
    yield ok(
      'asterisk.freepbx',
      'FreePBX: what a remedy writes into NAME.conf goes into NAME_custom.conf, a context of a trunk into pjsip.endpoint_custom_post.conf',
    );
  yield* modulesOf(await probe.modules());
  yield* httpOf(probe);
  yield* generalTwice(probe);
}

type Modules = Awaited<ReturnType<AsteriskProbe['modules']>>;

function* modulesOf({ running, failed }: Modules): Generator<Finding> {
  const missing = needed.filter((name) => !running.has(name));
  yield missing.length === 0
    ? ok('asterisk.modules', 'the modules that screening needs are loaded')
    : error(
        'asterisk.modules',
        `not loaded: ${missing.join(', ')}`,
        `${missing.map((name) => `asterisk -rx 'module load ${name}'`).join('; ')}; see noload in modules.conf`,
      );
  const boxes = voicemails.filter((name) => running.has(name));
  const tried = voicemails.filter((name) => failed.has(name));
  if (boxes.length === 0)
    yield error(
      'asterisk.voicemail',
      'no voicemail module is loaded: callers who fail the challenge go to the operators',
      "asterisk -rx 'module load app_voicemail.so'; modules.conf must not load app_voicemail_odbc or app_voicemail_imap",
    );
  else if (boxes.length > 1)
    yield error(
      'asterisk.voicemail',
      `${boxes.join(' and ')} are loaded: then none works`,
      'noload = app_voicemail_odbc.so and noload = app_voicemail_imap.so in modules.conf, [modules], and restart Asterisk',
    );
  else if (tried.length > 0)
    // Its failure takes the application VoiceMail() of the other one along (measured on Debian's Asterisk 22).
    yield error(
      'asterisk.voicemail',
      `this Asterisk tried to load ${tried.join(' and ')} too, and has had no voicemail since: callers go to the operators instead`,
      `${tried.map((name) => `noload = ${name}`).join(' and ')} in modules.conf, [modules], then restart Asterisk: systemctl restart asterisk`,
    );
  else yield ok('asterisk.voicemail', `voicemail: ${boxes[0]}`);
}

async function* httpOf(probe: AsteriskProbe): AsyncGenerator<Finding> {
  const sessions = Number((await probe.config('http.conf', 'general', 'sessionlimit')) || 100);
  yield sessions >= fewSessions
    ? ok('asterisk.sessionlimit', `sessionlimit = ${sessions}`)
    : warning(
        'asterisk.sessionlimit',
        `sessionlimit = ${sessions} in http.conf: other programs can use up what Gatehouse needs`,
        'sessionlimit = 1000 in http.conf, [general]; core reload',
      );
  const writeMs = Number((await probe.config('ari.conf', 'general', 'websocket_write_timeout')) || 100);
  yield writeMs >= shortWriteMs
    ? ok('asterisk.websocket-write-timeout', `websocket_write_timeout = ${writeMs}`)
    : warning(
        'asterisk.websocket-write-timeout',
        `websocket_write_timeout = ${writeMs} ms in ari.conf: Asterisk drops the connection when this machine is busy for so long`,
        'websocket_write_timeout = 5000 in ari.conf, [general]; core reload',
      );
  const bound = await probe.config('http.conf', 'general', 'bindaddr');
  yield ['127.0.0.1', '::1', 'localhost'].includes(bound)
    ? ok('asterisk.http-address', `its HTTP server listens at ${bound}`)
    : warning(
        'asterisk.http-address',
        `its HTTP server listens at ${bound || 'an address that cannot be read'}: whoever has the ARI password can take over calls from other machines`,
        'bindaddr = 127.0.0.1 in http.conf, [general], unless Gatehouse runs on another machine; core reload',
      );
}

/** A second `[general]` without `(+)` works after a reload, and Asterisk refuses the file at its next start. */
async function* generalTwice(probe: AsteriskProbe): AsyncGenerator<Finding> {
  for (const file of ['ari.conf', 'http.conf'] as const) {
    const id = `asterisk.${file.replace('.conf', '')}-sections` as const;
    const text = await readFile(join(probe.etc, file), 'utf8').catch(() => null);
    if (text === null) {
      yield unknown(
        id,
        `${join(probe.etc, file)} cannot be read by this user`,
        `as root: grep -c '^\\[general\\] *$' ${join(probe.etc, file)} must say 0 or 1`,
      );
      continue;
    }
    const sections = [...text.matchAll(/^[ \t]*\[([^\]]+)\](?!\()/gm)].map(([, name]) => name);
    const twice = sections.find((name, at) => sections.indexOf(name) !== at);
    yield twice === undefined
      ? ok(id, `${file} has no section twice`)
      : error(
          id,
          `${file} has [${twice}] twice: ARI will be gone after Asterisk's next restart`,
          `write the second one as [${twice}](+)`,
        );
  }
}
