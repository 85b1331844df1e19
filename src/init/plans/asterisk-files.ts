import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { entryContext } from '../../call/trunk.ts';
import { rawText } from '../asterisk.ts';
import { type Conf, heading, isYes, readConf, sectionsNamed, valueIn } from '../conf/conf-tree.ts';
import { blockOf, withBlock } from '../conf/ours.ts';
import type { Edit, Plan } from '../edit.ts';
import type { Ground } from '../ground.ts';
import { screened } from '../trunks.ts';

type Part = Pick<Plan, 'edits' | 'steps'>;
const [fewSessions, shortWriteMs] = [200, 1000];

/** A block of ours at the end of a file; no lines: no edit. */
export function blockIn({ asterisk, files }: Ground, name: string, lines: readonly string[]): Edit[] {
  if (lines.length === 0) return [];
  const path = join(asterisk.etc, name);
  const now = rawText(path) ?? '';
  // With the lines that it has, it stays where it is, whatever was written below it since.
  const after = blockOf(now)?.join('\n') === lines.join('\n') ? now : withBlock(now, lines);
  const isNew = files.text(path) === null;
  return [{ path, after, stage: 'files', how: isNew ? 'whole' : 'marked', like: 'asterisk' }];
}

/** The HTTP server of Asterisk. */
export function httpPlan(ground: Ground): Part {
  const conf = readConf(ground.files, 'http.conf');
  const lines = [
    ...(isYes(valueIn(conf, 'general', 'enabled')) ? [] : ['enabled = yes']),
    ...(valueIn(conf, 'general', 'bindaddr') ? [] : ['bindaddr = 127.0.0.1']),
    ...(Number(valueIn(conf, 'general', 'sessionlimit') ?? 100) < fewSessions ? ['sessionlimit = 1000'] : []),
  ];
  return inSection(ground, conf, { file: 'http.conf', custom: 'http_custom.conf', lines });
}

/** Where Gatehouse reaches ARI from this machine. */
export function ariUrl({ files }: Pick<Ground, 'files'>): string {
  const conf = readConf(files, 'http.conf');
  const bound = valueIn(conf, 'general', 'bindaddr') ?? '';
  const host = ['', '0.0.0.0', '::', '[::]'].includes(bound) ? '127.0.0.1' : bound;
  const prefix = (valueIn(conf, 'general', 'prefix') ?? '').replace(/^\/+|\/+$/g, '');
  const port = valueIn(conf, 'general', 'bindport') ?? '8088';
  const origin = `http://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`;
  return prefix === '' ? origin : `${origin}/${prefix}`;
}

/** ARI and its user. */
export function ariPlan(ground: Ground): Part {
  const { asterisk, secrets } = ground;
  const conf = readConf(ground.files, 'ari.conf');
  const enabled = valueIn(conf, 'general', 'enabled');
  const writeMs = Number(valueIn(conf, 'general', 'websocket_write_timeout') ?? 100);
  const general = [
    ...(isYes(enabled) ? [] : ['enabled = yes']),
    ...(writeMs < shortWriteMs ? ['websocket_write_timeout = 5000'] : []),
  ];
  const user =
    sectionsNamed(conf, secrets.ariUser).length > 0
      ? []
      : [
          `[${secrets.ariUser}]`,
          ...[
            'type = user',
            'read_only = no',
            `password = ${secrets.ariPassword}`,
            'password_format = plain',
          ],
        ];
  if (asterisk.kind === 'plain') {
    const lines = [...(general.length > 0 ? [heading(conf, 'general'), ...general] : []), ...user];
    return {
      edits: blockIn(ground, 'ari.conf', lines).map((edit) => ({ ...edit, secret: true })),
      steps: [],
    };
  }
  const one = inSection(ground, conf, {
    file: 'ari.conf',
    custom: 'ari_general_custom.conf',
    lines: general,
  });
  const custom = 'ari_additional_custom.conf';
  if (user.length === 0 || conf.files.has(join(asterisk.etc, custom))) {
    const edits = blockIn(ground, custom, user).map((edit): Edit => ({ ...edit, secret: true }));
    return { edits: [...one.edits, ...edits], steps: one.steps };
  }
  return {
    edits: one.edits,
    steps: [
      ...one.steps,
      `add a user ${secrets.ariUser} to ARI (FreePBX: Settings, Asterisk REST Interface Users)`,
    ],
  };
}

/** Settings of `[general]`; on FreePBX in the file that it leaves to the site. */
function inSection(
  ground: Ground,
  conf: Conf,
  { file, custom, lines }: { file: string; custom: string; lines: readonly string[] },
): Part {
  if (lines.length === 0) return { edits: [], steps: [] };
  const isPlain = ground.asterisk.kind === 'plain';
  if (!isPlain && !conf.files.has(join(ground.asterisk.etc, custom)))
    return {
      edits: [],
      steps: [`set ${lines.join(' and ')} in [general] of ${file} (FreePBX: Settings, Advanced)`],
    };
  return {
    edits: blockIn(ground, isPlain ? file : custom, [heading(conf, 'general'), ...lines]),
    steps: [],
  };
}

/** The mailbox for callers who fail the challenge; it keeps no silence of machines. */
export function voicemailPlan(ground: Ground): Part {
  const { answers, asterisk, secrets } = ground;
  const conf = readConf(ground.files, 'voicemail.conf');
  if (valueIn(conf, 'default', answers.mailbox) !== null) return { edits: [], steps: [] };
  if (asterisk.kind === 'freepbx')
    return {
      edits: [],
      steps: [
        `there is no mailbox ${answers.mailbox}: until then the operators take these calls. In FreePBX a mailbox is that of an extension: give one voicemail, and write its number as voicemail-box into ${ground.places.rules}/policy.yaml and as GATEHOUSE_BOX into globals_custom.conf`,
      ],
    };
  const known = (blockOf(rawText(join(asterisk.etc, 'voicemail.conf')) ?? '') ?? []).find((line) =>
    line.startsWith(`${answers.mailbox} => `),
  );
  const box = known ?? `${answers.mailbox} => ${secrets.pin},Switchboard,,,minsecs=3`;
  const edits = blockIn(ground, 'voicemail.conf', [heading(conf, 'default'), box]);
  // With the PIN of the box.
  return { edits: edits.map((edit) => ({ ...edit, secret: true })), steps: [] };
}

const otherVoicemails = ['app_voicemail_odbc.so', 'app_voicemail_imap.so'];

/** Debian loads three voicemail modules, and then none works. A site may have chosen another one than Debian's first. */
export function modulesPlan(ground: Ground, running: ReadonlySet<string>): Part {
  const { asterisk } = ground;
  const conf = readConf(ground.files, 'modules.conf');
  const isInUse = otherVoicemails.some((name) => running.has(name)) && !running.has('app_voicemail.so');
  if (asterisk.kind === 'freepbx' || isInUse) return { edits: [], steps: [] };
  const off = new Set(
    sectionsNamed(conf, 'modules')
      .flatMap(({ settings }) => settings)
      .filter(({ name }) => name === 'noload')
      .map(({ value }) => value),
  );
  if (off.has('app_voicemail.so')) return { edits: [], steps: [] };
  const there = otherVoicemails.filter((name) => existsSync(join(asterisk.modules, name)));
  const lines = there.filter((name) => !off.has(name)).map((name) => `noload = ${name}`);
  if (lines.length === 0) return { edits: [], steps: [] };
  return { edits: blockIn(ground, 'modules.conf', [heading(conf, 'modules'), ...lines]), steps: [] };
}

/** The last change: from now on the trunk's calls are screened. */
export function trunkPlan(ground: Ground): Part {
  const { asterisk, files, trunks } = ground;
  const open = trunks.filter(({ context }) => context !== entryContext);
  if (asterisk.kind === 'freepbx') return freePbxTrunks(ground, open);
  const paths = new Set(trunks.map(({ file }) => file).filter((file) => file !== null));
  const edits = [...paths].map((path): Edit => {
    // One that somebody has led to Gatehouse by hand stays: its former context is in the record.
    const own = open.filter(({ file }) => file === path);
    return {
      ...{ path, stage: 'trunk', how: 'marked', like: 'asterisk' },
      after: screened(files.text(path) ?? '', own),
    };
  });
  const steps = open
    .filter(({ file }) => file === null)
    .map(
      ({ name, context }) =>
        `set the context of endpoint ${name} to ${entryContext} where your telephone system keeps it (now it is ${context})`,
    );
  return { edits, steps };
}

/**
 * FreePBX writes its trunks anew, and reads a file of the site after them. An addition to a trunk that is gone is a warning, and nothing
 * else is lost by it (measured on Asterisk 22).
 */
function freePbxTrunks(ground: Ground, open: Ground['trunks']): Part {
  const custom = 'pjsip.endpoint_custom_post.conf';
  const isRead = readConf(ground.files, 'pjsip.conf').files.has(join(ground.asterisk.etc, custom));
  const reachable = open.filter(({ file }) => isRead && file !== null);
  const lines = reachable.flatMap(({ name }) => [`[${name}](+type=endpoint)`, `context = ${entryContext}`]);
  return {
    edits: blockIn(ground, custom, lines).map((edit) => ({ ...edit, stage: 'trunk' })),
    steps: open
      .filter((trunk) => !reachable.includes(trunk))
      .map(
        ({ name, context }) =>
          `set the context of trunk ${name} to ${entryContext} (FreePBX: Connectivity, Trunks, pjsip Settings, Advanced; now it is ${context}), and apply the configuration`,
      ),
  };
}
