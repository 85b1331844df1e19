import type { Tones } from './tones.ts';

/** What a caller does after the call is answered. `hold` listens; a hang-up by the other side ends the call at any point. */
export type CallerStep =
  | { readonly hold: number }
  /** Talks for so many ms, as a machine that plays its message does, or a person on a voicemail. */
  | { readonly speak: number }
  /** What a fax machine, a text telephone or a silent line sends, for so many ms. */
  | { readonly sendTones: Tones; readonly ms: number }
  /** Digits sent as RFC 4733 telephone events. */
  | { readonly press: string }
  /** Digits sent as SIP INFO (application/dtmf-relay). */
  | { readonly pressInfo: string }
  /** Waits for digits told from outside by a SIP MESSAGE in the call, then sends each of them `times` (1) as SIP INFO. */
  | { readonly pressTold: true; readonly times?: number };

export interface CallerScript {
  /** User part of From; empty for none. */
  readonly from: string;
  /** Display name put between quotes as it is, as UTF-8 or as these bytes; undefined sends none. */
  readonly displayName?: string | Buffer;
  /** Host part of From; `anonymous.invalid` for withheld numbers. */
  readonly fromHost?: string;
  readonly to: string;
  /** Further header lines, complete. */
  readonly headers?: readonly string[];
  readonly steps: readonly CallerStep[];
  /** ms until the caller hangs up before an answer (CANCEL); null waits for one. */
  readonly cancelAfterMs?: number | null;
}

/** Rejections a caller takes as an answer. */
const rejections = [403, 404, 408, 480, 484, 486, 488, 500, 503, 600, 603, 607, 608];
const rejectedLabel = 1;
const peerEndedLabel = 2;
const endLabel = 3;
const cancelLabel = 4;
const firstFreeLabel = 10;

/** Raw µ-law files. */
export type CallerSounds = Readonly<Record<Tones | 'voice', string>>;

/** SIPp scenario of one caller. Every path logs one line: `RESULT <how it ended> [call-id]`. */
export function callerScenario(script: CallerScript, sounds: CallerSounds): string {
  let label = firstFreeLabel;
  const cancel = script.cancelAfterMs ?? null;
  const timeout = cancel === null ? '' : ` timeout="${cancel}" ontimeout="${cancelLabel}"`;
  const parts = [
    // Only a SIPp that has all its ports comes so far.
    '<nop><action><log message="DIALS [call_id]"/></action></nop>',
    send(invite(script), 500),
    ...[100, 180, 183].map(
      (code) => `<recv response="${code}" optional="true"${cancel === null ? '' : timeout}/>`,
    ),
    ...rejections.map(
      (code) =>
        `<recv response="${code}" optional="true" next="${rejectedLabel}">${result(`rejected-${code}`)}</recv>`,
    ),
    `<recv response="200" rrs="true"${timeout}>${answered}</recv>`,
    send(inDialog(script, 'ACK')),
    ...script.steps.flatMap((step) => stepXml(script, step, sounds, () => label++)),
    send(inDialog(script, 'BYE'), 500),
    `<recv response="200" crlf="true" timeout="5000" ontimeout="${endLabel}"/>`,
    `<nop next="${endLabel}">${result('hung-up')}</nop>`,
    `<label id="${peerEndedLabel}"/>`,
    send(reply()),
    `<nop next="${endLabel}">${result('ended-by-peer')}</nop>`,
    `<label id="${cancelLabel}"/>`,
    send(cancelRequest(script), 500),
    '<recv response="200"/>',
    `<recv response="487"/>`,
    send(ackOfFailure(script)),
    `<nop next="${endLabel}">${result('cancelled')}</nop>`,
    `<label id="${rejectedLabel}"/>`,
    send(ackOfFailure(script)),
    `<label id="${endLabel}"/>`,
    '<nop/>',
  ];
  return `<?xml version="1.0" encoding="ISO-8859-1" ?>\n<scenario name="caller">\n${parts.join('\n')}\n</scenario>\n`;
}

function stepXml(
  script: CallerScript,
  step: CallerStep,
  sounds: CallerSounds,
  newLabel: () => number,
): string[] {
  if ('hold' in step) return [listen(step.hold, newLabel())];
  if ('speak' in step) return [play(sounds.voice), listen(step.speak, newLabel())];
  if ('sendTones' in step) return [play(sounds[step.sendTones]), listen(step.ms, newLabel())];
  if ('press' in step) {
    return [...step.press].flatMap((digit) => [
      `<nop><action><log message="PRESSES ${digit} [call_id] [timestamp]"/><exec play_dtmf="${digit},160"/></action></nop>`,
      listen(400, newLabel()),
    ]);
  }
  if ('pressInfo' in step) return [...step.pressInfo].flatMap((digit) => info(script, digit, newLabel));
  return [
    '<recv request="MESSAGE" timeout="30000"><action>' +
      '<ereg regexp="digits=(.)(.)" search_in="msg" assign_to="told,first,second"/><log message="TOLD [$told]"/></action></recv>',
    '<Reference variables="told"/>',
    ...['[$first]', '[$second]'].flatMap((digit) =>
      Array.from({ length: step.times ?? 1 }, () => info(script, digit, newLabel)).flat(),
    ),
  ];
}

function play(sound: string): string {
  return `<nop><action><exec rtp_stream="${sound},-1,0"/></action></nop>`;
}

/** A pause in which the other side may hang up. */
function listen(ms: number, label: number): string {
  const bye = `<recv request="BYE" timeout="${ms}" ontimeout="${label}" next="${peerEndedLabel}"/>`;
  return `${bye}\n<label id="${label}"/>`;
}

function info(script: CallerScript, digit: string, newLabel: () => number): string[] {
  const body = `Signal=${digit}\nDuration=160`;
  return [
    send(`${inDialog(script, 'INFO', 'application/dtmf-relay')}\n\n${body}`, 500),
    '<recv response="200"/>',
    listen(150, newLabel()),
  ];
}

function invite(script: CallerScript): string {
  return [
    `INVITE sip:${script.to}@[remote_ip]:[remote_port] SIP/2.0`,
    'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]',
    fromHeader(script),
    `To: <sip:${script.to}@[remote_ip]:[remote_port]>`,
    'Call-ID: [call_id]',
    'CSeq: 1 INVITE',
    'Contact: <sip:caller@[local_ip]:[local_port];transport=[transport]>',
    'Max-Forwards: 70',
    ...(script.headers ?? []),
    'Content-Type: application/sdp',
    'Content-Length: [len]',
    '',
    'v=0',
    'o=caller 1 1 IN IP4 [local_ip]',
    's=-',
    'c=IN IP4 [media_ip]',
    't=0 0',
    `m=audio ${script.steps.some((step) => 'speak' in step || 'sendTones' in step) ? '[rtpstream_audio_port]' : '[media_port]'} RTP/AVP 0${script.steps.some((step) => 'press' in step) ? ' 96' : ''}`,
    'a=rtpmap:0 PCMU/8000',
    ...(script.steps.some((step) => 'press' in step)
      ? ['a=rtpmap:96 telephone-event/8000', 'a=fmtp:96 0-16']
      : []),
  ].join('\n');
}

function fromHeader(script: CallerScript): string {
  const name = script.displayName === undefined ? '' : `"${sippText(script.displayName)}" `;
  const user = script.from === '' ? '' : `${script.from}@`;
  return `From: ${name}<sip:${user}${script.fromHost ?? '[local_ip]'}>;tag=[pid]c[call_number]`;
}

function inDialog(script: CallerScript, method: string, contentType?: string): string {
  return [
    `${method} [next_url] SIP/2.0`,
    'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]',
    fromHeader(script),
    'To:[$remote]',
    // Of a proxy before Asterisk; SIPp leaves the line out where there are none.
    '[routes]',
    'Call-ID: [call_id]',
    `CSeq: [cseq] ${method}`,
    'Max-Forwards: 70',
    ...(contentType === undefined ? [] : [`Content-Type: ${contentType}`]),
    `Content-Length: ${contentType === undefined ? 0 : '[len]'}`,
  ].join('\n');
}

function ackOfFailure(script: CallerScript): string {
  return [
    `ACK sip:${script.to}@[remote_ip]:[remote_port] SIP/2.0`,
    '[last_Via:]',
    '[last_From:]',
    '[last_To:]',
    'Call-ID: [call_id]',
    'CSeq: 1 ACK',
    'Max-Forwards: 70',
    'Content-Length: 0',
  ].join('\n');
}

function cancelRequest(script: CallerScript): string {
  return [
    `CANCEL sip:${script.to}@[remote_ip]:[remote_port] SIP/2.0`,
    '[last_Via:]',
    fromHeader(script),
    `To: <sip:${script.to}@[remote_ip]:[remote_port]>`,
    'Call-ID: [call_id]',
    'CSeq: 1 CANCEL',
    'Max-Forwards: 70',
    'Content-Length: 0',
  ].join('\n');
}

function reply(): string {
  return [
    'SIP/2.0 200 OK',
    '[last_Via:]',
    '[last_From:]',
    '[last_To:]',
    '[last_Call-ID:]',
    '[last_CSeq:]',
    'Content-Length: 0',
  ].join('\n');
}

function send(message: string, retransMs?: number): string {
  const retrans = retransMs === undefined ? '' : ` retrans="${retransMs}"`;
  return `<send${retrans}><![CDATA[\n${message}\n${message.includes('\n\n') ? '' : '\n'}]]></send>`;
}

/** The other side's To, for the requests of the dialog; SIPp's `[last_To:]` is that of the last message, whatever it was. */
const answered =
  '<action><ereg regexp=".*" search_in="hdr" header="To:" assign_to="remote"/><log message="RESULT answered [call_id]"/></action>';

function result(text: string): string {
  return `<action><log message="RESULT ${text} [call_id]"/></action>`;
}

/** SIPp reads `[...]` as a keyword and the whole as XML character data. */
function sippText(text: string | Buffer): string {
  return Buffer.from(text).toString('latin1').replaceAll('[', '\\x5b').replaceAll(']]>', ']] >');
}
