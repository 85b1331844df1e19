import { copyFile, cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unneededModules } from './asterisk-modules.ts';

export interface AsteriskPlan {
  /** Lab directory; the same path is seen by Asterisk, even when it runs in a root of its own. */
  readonly dir: string;
  readonly sipPort: number;
  readonly httpPort: number;
  readonly operatorsPort: number;
  readonly rtpStart: number;
  readonly rtpEnd: number;
  readonly ariPassword: string;
  readonly watchdogSeconds: number;
  /** Where the Asterisk binary finds its modules, sounds and keys. */
  readonly moduleDir: string;
  readonly dataDir: string;
  /** False: the telephone system as it was before Gatehouse, whose trunk leads to `from-carrier`. */
  readonly installed: boolean;
  /** The distribution's untouched /etc/asterisk; null where there is none to be had. */
  readonly distribution: string | null;
  /** Further changes to the configuration before Asterisk starts, as an administrator would make them. */
  readonly edit: ((etc: string) => Promise<void>) | null;
}

/** Directories below the lab's that belong to Asterisk. */
export const asteriskDirs = ['etc', 'db', 'run', 'log', 'data', 'spool'];

const dialplanDir = join(import.meta.dirname, '..', 'dialplan');

/**
 * Writes the configuration of one lab Asterisk below `plan.dir`: the distribution's own files, what docs/install.md has an
 * administrator add, the shipped site file as it is, and the site that was there before: a trunk, a phone, their ports.
 */
export async function writeAsteriskConfig(plan: AsteriskPlan): Promise<void> {
  const etc = join(plan.dir, 'etc');
  for (const name of [...asteriskDirs, 'spool/gatehouse', 'spool/voicemail', 'db/keys']) {
    await mkdir(join(plan.dir, name), { recursive: true });
  }
  for (const name of ['sounds', 'documentation', 'rest-api', 'static-http', 'firmware', 'keys', 'moh']) {
    await symlink(join(plan.dataDir, name), join(plan.dir, 'data', name)).catch(() => {});
  }
  if (plan.distribution !== null) await cp(plan.distribution, etc, { recursive: true, force: true });
  if (plan.installed) await installDialplan(etc);
  for (const additions of [siteBefore(plan), plan.installed ? guide : {}, labOnly(plan)])
    for (const [name, text] of Object.entries(additions)) await addTo(join(etc, name), text);
  for (const [name, text] of Object.entries(places(plan))) await writeFile(join(etc, name), text);
  await plan.edit?.(etc);
}

async function installDialplan(etc: string): Promise<void> {
  await mkdir(join(etc, 'gatehouse'), { recursive: true });
  await copyFile(join(dialplanDir, 'gatehouse.conf'), join(etc, 'gatehouse', 'gatehouse.conf'));
  await copyFile(
    join(dialplanDir, 'gatehouse-site.conf.sample'),
    join(etc, 'gatehouse', 'gatehouse-site.conf'),
  );
}

/** Appends; `[section](+)` is `[section]` where the file has none so far. */
async function addTo(file: string, text: string): Promise<void> {
  const before = await readFile(file, 'utf8').catch(() => '');
  const added = text.replaceAll(/^(\[[^\]]+\])\(\+\)$/gm, (_, section: string) =>
    before.split('\n').some((line) => line.startsWith(section)) ? `${section}(+)` : section,
  );
  await writeFile(file, `${before}\n${added}`, { mode: 0o640 });
}

/** The telephone system that was there before: a carrier's trunk, and a context that rings the operators' phone. */
function siteBefore(plan: AsteriskPlan): Record<string, string> {
  return {
    'pjsip.conf': `[transport-udp]
type = transport
protocol = udp
bind = 127.0.0.1:${plan.sipPort}
[transport-tcp]
type = transport
protocol = tcp
bind = 127.0.0.1:${plan.sipPort}

; The carrier: everything that arrives from the loopback address.
[carrier]
type = endpoint
context = ${plan.installed ? 'gatehouse-in' : 'from-carrier'}
disallow = all
allow = ulaw,alaw
dtmf_mode = auto_info
direct_media = no
trust_id_inbound = yes
language = en
[carrier]
type = identify
endpoint = carrier
match = 127.0.0.1

; The operators' phone.
[operators]
type = endpoint
context = no-calls
disallow = all
allow = ulaw
direct_media = no
aors = operators
[operators]
type = aor
contact = sip:operators@127.0.0.1:${plan.operatorsPort}
`,
    'extensions.conf': `[from-carrier]
exten => h,1,Hangup()
exten => _[+0-9A-Za-z*#]!,1,Set(DB(lab/last)=\${UNIQUEID})
 same => n,Dial(PJSIP/operators,30,b(linked^s^1))
[linked]
exten => s,1,Set(PJSIP_HEADER(add,X-Lab-Linked-Id)=\${CHANNEL(linkedid)})
 same => n,Return()
[no-calls]
exten => s,1,Hangup()
`,
  };
}

/** docs/install.md, steps 3 and 4; the lab's own password comes with `labOnly`. */
export const guide: Readonly<Record<string, string>> = {
  'http.conf': `[general](+)
enabled = yes
bindaddr = 127.0.0.1
sessionlimit = 1000
`,
  'ari.conf': `[general](+)
enabled = yes
websocket_write_timeout = 5000
`,
  'modules.conf': `[modules](+)
noload = app_voicemail_odbc.so
noload = app_voicemail_imap.so
`,
  'voicemail.conf': `[default](+)
general => 1234,Switchboard
`,
  'extensions.conf': `[globals](+)
GATEHOUSE_FALLBACK = gatehouse-before
[gatehouse-before]
include => from-carrier
include => gatehouse-exit
[gatehouse-in]
include => gatehouse-before
#tryinclude gatehouse/gatehouse.conf
#tryinclude gatehouse/gatehouse-site.conf
`,
};

/** What only a lab needs: its own ports, password and log, a quick start, and a note of every call that leaves. */
function labOnly(plan: AsteriskPlan): Record<string, string> {
  return {
    'modules.conf': `[modules](+)
${unneededModules.map((name) => `noload = ${name}.so`).join('\n')}
`,
    'logger.conf': `[general](+)
dateformat = %F %T.%3q
[logfiles](+)
full => notice,warning,error,verbose(2)
`,
    'http.conf': `[general](+)
bindport = ${plan.httpPort}
`,
    'ari.conf': `${
      plan.installed
        ? `[gatehouse]
type = user
password = ${plan.ariPassword}
password_format = plain
`
        : ''
    }[auditor]
type = user
read_only = yes
password = ${plan.ariPassword}
password_format = plain
`,
    'voicemail.conf': `[general](+)
maxmsg = 9999
`,
    'extensions.conf': `[globals](+)
GATEHOUSE_WATCHDOG = ${plan.watchdogSeconds}
GATEHOUSE_SPOOL = ${plan.dir}/spool/gatehouse
[gatehouse-to-security-desk]
exten => h,1,Hangup()
exten => _[+0-9A-Za-z*#]!,1,Goto(from-carrier,\${EXTEN},1)
[gatehouse-on-exit]
exten => s,1,Set(LAB_NAME=\${CALLERID(name):0:200})
 same => n,Set(LAB_NAME=\${STRREPLACE(LAB_NAME,%,%25)})
 same => n,Set(LAB_NAME=\${STRREPLACE(LAB_NAME,\\),%29)})
 same => n,Set(LAB_NAME=\${URIENCODE(\${LAB_NAME})})
 same => n,Set(FILE(${plan.dir}/arrivals.log,,,al,u)=\${STRFTIME(,,%s%3q)},\${URIENCODE(\${CHANNEL(pjsip,call-id)})},\${ARG1},\${URIENCODE(\${CALLERID(num):0:64})},\${LAB_NAME},\${URIENCODE(\${UNIQUEID})},\${URIENCODE(\${GATEHOUSE_DID})})
 same => n,Return()
`,
  };
}

/** Files that say where things are: the lab's directory and ports in place of the system's. */
function places(plan: AsteriskPlan): Record<string, string> {
  const { dir } = plan;
  return {
    'asterisk.conf': `[directories]
astetcdir => ${dir}/etc
astmoddir => ${plan.moduleDir}
astvarlibdir => ${dir}/db
astdbdir => ${dir}/db
astkeydir => ${dir}/db
astdatadir => ${dir}/data
astagidir => ${dir}/data/agi-bin
astspooldir => ${dir}/spool
astrundir => ${dir}/run
astlogdir => ${dir}/log
[options]
documentation_language = en_US
verbose = 2
transmit_silence = no
`,
    'rtp.conf': `[general]
rtpstart = ${plan.rtpStart}
rtpend = ${plan.rtpEnd}
`,
  };
}
