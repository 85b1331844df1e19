import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type AsteriskModule,
  failedVoicemails,
  isRunning,
  lostVoicemail,
  voicemailBack,
  voicemailModules,
} from '../../exits/voicemail-modules.ts';
import { confLines } from '../../text/conf-lines.ts';
import type { AsteriskProbe } from '../asterisk-probe.ts';
import { error, type Finding, ok, unknown, warning } from '../finding.ts';
import { addition, quoted } from '../pasted.ts';
import type { Site } from '../site.ts';

const oldest = 20;
const needed = [
  'app_stasis.so',
  'res_stasis_answer.so',
  'res_stasis_playback.so',
  'res_pjsip.so',
  'func_module.so',
];
const [fewSessions, shortWriteMs] = [200, 1000];

export async function* asterisk({
  asterisk: probe,
  asteriskProblem,
  settings,
}: Site): AsyncGenerator<Finding> {
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
  const { hostname } = new URL(settings.ari.url);
  yield* httpOf(probe, ['127.0.0.1', 'localhost'].includes(hostname));
  yield* generalTwice(probe);
}

function* modulesOf(modules: readonly AsteriskModule[]): Generator<Finding> {
  const running = new Set(modules.filter(isRunning).map(({ name }) => name));
  const missing = needed.filter((name) => !running.has(name));
  yield missing.length === 0
    ? ok('asterisk.modules', 'the modules that screening needs are loaded')
    : error('asterisk.modules', `not loaded: ${missing.join(', ')}`, {
        words: 'see noload in modules.conf',
        command: missing.map((name) => `asterisk -rx 'module load ${name}'`).join(' && '),
      });
  const boxes = voicemailModules.filter((name) => running.has(name));
  const tried = failedVoicemails(modules);
  if (boxes.length === 0)
    yield error(
      'asterisk.voicemail',
      'no voicemail module is loaded: callers who fail the challenge go to the operators',
      {
        words:
          'modules.conf must load app_voicemail.so, and neither app_voicemail_odbc nor app_voicemail_imap',
        command: "asterisk -rx 'module load app_voicemail.so'",
      },
    );
  else if (boxes.length > 1)
    yield error(
      'asterisk.voicemail',
      `${boxes.join(' and ')} are loaded: then none works`,
      'noload = app_voicemail_odbc.so and noload = app_voicemail_imap.so in modules.conf, [modules], and restart Asterisk',
    );
  else if (tried.length > 0)
    yield error(
      'asterisk.voicemail',
      `${lostVoicemail(tried)}: callers go to the operators instead`,
      voicemailBack(tried),
    );
  else yield ok('asterisk.voicemail', `voicemail: ${boxes[0]}`);
}

async function* httpOf(probe: AsteriskProbe, isAskedHere: boolean): AsyncGenerator<Finding> {
  const sessions = Number((await probe.config('http.conf', 'general', 'sessionlimit')) || 100);
  yield sessions >= fewSessions
    ? ok('asterisk.sessionlimit', `sessionlimit = ${sessions}`)
    : warning(
        'asterisk.sessionlimit',
        `sessionlimit = ${sessions} in http.conf: other programs can use up what Gatehouse needs`,
        {
          words: 'sessionlimit = 1000 in http.conf, [general]',
          command: await addition(
            probe,
            'http.conf',
            'general',
            ['sessionlimit = 1000'],
            'module reload http',
          ),
        },
      );
  const writeMs = Number((await probe.config('ari.conf', 'general', 'websocket_write_timeout')) || 100);
  yield writeMs >= shortWriteMs
    ? ok('asterisk.websocket-write-timeout', `websocket_write_timeout = ${writeMs}`)
    : warning(
        'asterisk.websocket-write-timeout',
        `websocket_write_timeout = ${writeMs} ms in ari.conf: Asterisk drops the connection when this machine is busy for so long`,
        {
          words: 'websocket_write_timeout = 5000 in ari.conf, [general]',
          command: await addition(
            probe,
            'ari.conf',
            'general',
            ['websocket_write_timeout = 5000'],
            'module reload res_ari.so',
          ),
        },
      );
  const bound = await probe.config('http.conf', 'general', 'bindaddr');
  yield ['127.0.0.1', '::1', 'localhost'].includes(bound)
    ? ok('asterisk.http-address', `its HTTP server listens at ${bound}`)
    : warning(
        'asterisk.http-address',
        `its HTTP server listens at ${bound || 'an address that cannot be read'}: whoever has the ARI password can take over calls from other machines`,
        {
          words: isAskedHere
            ? 'bindaddr = 127.0.0.1 in http.conf, [general], unless phones in browsers or other programs reach Asterisk by it'
            : 'let a firewall admit Gatehouse only: GATEHOUSE_ARI_URL asks Asterisk at this address',
          // With another address Gatehouse itself would be cut off.
          command: isAskedHere
            ? await addition(probe, 'http.conf', 'general', ['bindaddr = 127.0.0.1'], 'module reload http')
            : null,
        },
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
    const sections = confLines(text).flatMap((line) =>
      line.kind === 'section' && line.marks.length === 0 ? [line.name.toLowerCase()] : [],
    );
    const twice = sections.find((name, at) => sections.indexOf(name) !== at);
    // In a comment of several lines, or as [General], sed would take another one for the first.
    const written = (flags: string) => text.match(new RegExp('^[ \\t]*\\[general\\]', flags))?.length;
    const isPlain = written('gim') === written('gm') && !/;--(?!-)/.test(text);
    yield twice === undefined
      ? ok(id, `${file} has no section twice`)
      : error(id, `${file} has [${twice}] twice: ARI will be gone after Asterisk's next restart`, {
          words: `write the second one as [${twice}](+)`,
          command: twice === 'general' && isPlain ? secondAdds(join(probe.etc, file)) : null,
        });
  }
}

/** Of all but the first `[general]`. */
function secondAdds(path: string): string {
  const heading = '[ \\t]*\\[general\\]';
  return `sed -i '0,/^${heading}/!s/^\\(${heading}\\)\\([^(]*\\)$/\\1(+)\\2/' ${quoted(path)}`;
}
