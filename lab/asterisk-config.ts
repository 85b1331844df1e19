import { copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

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
}

/** Directories below the lab's that belong to Asterisk. */
export const asteriskDirs = ['etc', 'db', 'run', 'log', 'data', 'spool'];

const dialplanDir = join(import.meta.dirname, '..', 'dialplan');

/** Writes the whole configuration of one lab Asterisk below `plan.dir`, the shipped dialplan included. */
export async function writeAsteriskConfig(plan: AsteriskPlan): Promise<void> {
  const etc = join(plan.dir, 'etc');
  for (const name of [...asteriskDirs, 'spool/gatehouse', 'spool/voicemail', 'db/keys']) {
    await mkdir(join(plan.dir, name), { recursive: true });
  }
  for (const name of ['sounds', 'documentation', 'rest-api', 'static-http', 'firmware', 'keys']) {
    await symlink(join(plan.dataDir, name), join(plan.dir, 'data', name)).catch(() => {});
  }
  await copyFile(join(dialplanDir, 'gatehouse.conf'), join(etc, 'gatehouse.conf'));
  const files = configFiles(plan);
  await Promise.all(
    Object.entries(files).map(([name, text]) => writeFile(join(etc, name), text, { mode: 0o640 })),
  );
}

function configFiles(plan: AsteriskPlan): Record<string, string> {
  const { dir } = plan;
  return {
    'asterisk.conf': `[directories](!)
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
`.replace('(!)', ''),
    'modules.conf': `[modules]
autoload = yes
${noload.map((name) => `noload = ${name}.so`).join('\n')}
`,
    'logger.conf': `[general]
dateformat = %F %T.%3q
[logfiles]
full => notice,warning,error,verbose(2)
`,
    'http.conf': `[general]
enabled = yes
bindaddr = 127.0.0.1
bindport = ${plan.httpPort}
sessionlimit = 1000
`,
    'ari.conf': `[general]
enabled = yes
websocket_write_timeout = 5000
[gatehouse]
type = user
password = ${plan.ariPassword}
password_format = plain
[auditor]
type = user
read_only = yes
password = ${plan.ariPassword}
password_format = plain
`,
    'rtp.conf': `[general]
rtpstart = ${plan.rtpStart}
rtpend = ${plan.rtpEnd}
`,
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
context = gatehouse-in
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
context = gatehouse-lab-no-calls
disallow = all
allow = ulaw
direct_media = no
aors = operators
[operators]
type = aor
contact = sip:operators@127.0.0.1:${plan.operatorsPort}
`,
    'voicemail.conf': `[general]
format = wav
maxsecs = 30
maxsilence = 2
minsecs = 3
maxmsg = 9999
[default]
general => 1234,Switchboard
`,
    'extensions.conf': `[globals]
GATEHOUSE_WATCHDOG=${plan.watchdogSeconds}
GATEHOUSE_SPOOL=${dir}/spool/gatehouse
#include gatehouse.conf
#include gatehouse-site.conf
`,
    'gatehouse-site.conf': `; The lab's own site file: a phone that answers and talks, Asterisk's own voicemail, and a note of every arrival.
[gatehouse-to-operators]
exten => h,1,Hangup()
exten => _[+0-9A-Za-z*#]!,1,Set(DB(lab/last)=\${UNIQUEID})
 same => n,Dial(PJSIP/operators,30,b(gatehouse-lab-callee^s^1))
 same => n,Hangup()
[gatehouse-to-security-desk]
exten => h,1,Hangup()
exten => _[+0-9A-Za-z*#]!,1,Goto(gatehouse-to-operators,\${EXTEN},1)
[gatehouse-to-voicemail]
exten => h,1,Hangup()
exten => _[+0-9A-Za-z*#]!,1,Answer()
 same => n,VoiceMail(\${EXTEN}@default,s)
 same => n,Hangup()
[gatehouse-lab-callee]
exten => s,1,Set(PJSIP_HEADER(add,X-Lab-Linked-Id)=\${CHANNEL(linkedid)})
 same => n,Return()
[gatehouse-lab-no-calls]
exten => s,1,Hangup()
[gatehouse-on-exit]
exten => s,1,Set(LAB_NAME=\${CALLERID(name):0:200})
 same => n,Set(LAB_NAME=\${STRREPLACE(LAB_NAME,%,%25)})
 same => n,Set(LAB_NAME=\${STRREPLACE(LAB_NAME,\\),%29)})
 same => n,Set(LAB_NAME=\${URIENCODE(\${LAB_NAME})})
 same => n,Set(FILE(${dir}/arrivals.log,,,al,u)=\${STRFTIME(,,%s%3q)},\${URIENCODE(\${CHANNEL(pjsip,call-id)})},\${ARG1},\${URIENCODE(\${CALLERID(num):0:64})},\${LAB_NAME},\${URIENCODE(\${UNIQUEID})},\${URIENCODE(\${GATEHOUSE_DID})})
 same => n,Return()
`,
  };
}

/** Modules that need hardware, services or configuration a lab does not have; they only slow the start and fill the log. */
const noload = [
  'res_adsi',
  'res_speech_aeap',
  'res_aeap',
  'res_pjsip_config_wizard',
  'res_pjsip_notify',
  'res_clialiases',
  'app_page',
  'app_confbridge',
  'app_amd',
  'app_voicemail_imap',
  'app_voicemail_odbc',
  'app_minivm',
  'app_agent_pool',
  'app_followme',
  'app_queue',
  'app_meetme',
  'app_festival',
  'app_alarmreceiver',
  'app_adsiprog',
  'app_getcpeid',
  'app_jack',
  'app_sms',
  'cdr_adaptive_odbc',
  'cdr_beanstalkd',
  'cdr_csv',
  'cdr_custom',
  'cdr_manager',
  'cdr_odbc',
  'cdr_pgsql',
  'cdr_radius',
  'cdr_sqlite3_custom',
  'cdr_syslog',
  'cdr_tds',
  'cel_beanstalkd',
  'cel_custom',
  'cel_manager',
  'cel_odbc',
  'cel_pgsql',
  'cel_radius',
  'cel_sqlite3_custom',
  'cel_tds',
  'chan_audiosocket',
  'chan_console',
  'chan_dahdi',
  'chan_iax2',
  'chan_mgcp',
  'chan_misdn',
  'chan_mobile',
  'chan_motif',
  'chan_ooh323',
  'chan_oss',
  'chan_sip',
  'chan_skinny',
  'chan_unistim',
  'chan_websocket',
  'func_odbc',
  'pbx_ael',
  'pbx_dundi',
  'pbx_lua',
  'pbx_realtime',
  'res_ael_share',
  'res_calendar',
  'res_calendar_caldav',
  'res_calendar_ews',
  'res_calendar_exchange',
  'res_calendar_icalendar',
  'res_config_curl',
  'res_config_ldap',
  'res_config_mysql',
  'res_config_odbc',
  'res_config_pgsql',
  'res_config_sqlite3',
  'res_corosync',
  'res_fax',
  'res_fax_spandsp',
  'res_hep',
  'res_hep_pjsip',
  'res_hep_rtcp',
  'res_http_media_cache',
  'res_odbc',
  'res_odbc_transaction',
  'res_parking',
  'res_phoneprov',
  'res_pjsip_phoneprov_provider',
  'res_prometheus',
  'res_smdi',
  'res_snmp',
  'res_statsd',
  'res_stun_monitor',
  'res_timing_dahdi',
  'res_timing_pthread',
  'res_xmpp',
];
