import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Child, until } from './child.ts';
import { operatorVoice } from './voices.ts';

export interface OperatorCall {
  readonly linkedId: string;
  /** SIP Call-ID between Asterisk and the phone. */
  readonly callId: string;
  /** The From header as the operator's phone received it. */
  readonly from: string;
}

/**
 * The operators' phone: SIPp that answers every call after a ring and talks until the other side hangs up, or for
 * `talkMs` at most.
 */
export class LabOperators {
  readonly #dir: string;
  readonly port: number;
  #child: Child | null = null;

  readonly #talkMs: number | null;

  constructor(dir: string, port: number, talkMs: number | null = null) {
    this.#dir = dir;
    this.port = port;
    this.#talkMs = talkMs;
  }

  get child(): Child {
    if (this.#child === null) throw new Error('the operators of this lab are not started');
    return this.#child;
  }

  async start(rtpPort: number): Promise<void> {
    const dir = join(this.#dir, 'operators');
    await mkdir(dir, { recursive: true });
    const voice = await operatorVoice();
    await writeFile(join(dir, 'answer.xml'), scenario(voice, this.#talkMs));
    const args = ['-sf', 'answer.xml', '-i', '127.0.0.1', '-p', String(this.port), '-mi', '127.0.0.1'];
    args.push(
      '-mp',
      String(rtpPort),
      '-nostdin',
      '-trace_logs',
      '-log_file',
      'calls.log',
      '-trace_shortmsg',
      '-shortmessage_file',
      operatorMessages,
      '-trace_err',
      '-error_file',
      'errors.log',
    );
    this.#child = new Child('operators', 'sipp', args, {
      log: join(dir, 'sipp.out'),
      cwd: dir,
      env: { ...process.env, TERM: 'dumb' },
    });
    await until('the operators to listen', 5000, async () => {
      if (!this.child.running) throw new Error(`the operators (SIPp) ended at start; see ${dir}`);
      const table = await readFile('/proc/net/udp', 'utf8');
      return table.includes(`:${this.port.toString(16).toUpperCase().padStart(4, '0')} `) ? true : null;
    });
  }

  /** Every call that rang the phone so far. */
  async calls(): Promise<OperatorCall[]> {
    const text = await readFile(join(this.#dir, 'operators', 'calls.log'), 'utf8').catch(() => '');
    return text.split('\n').flatMap((line) => {
      const match = /RANG linked=\s*(\S*) call=(\S*) from=\s*(.*)$/.exec(line);
      return match ? [{ linkedId: match[1] ?? '', callId: match[2] ?? '', from: match[3] ?? '' }] : [];
    });
  }

  /** SIPp's log of every message of the phone; `readMessages` reads it. */
  get messagesFile(): string {
    return join(this.#dir, 'operators', operatorMessages);
  }

  async stop(): Promise<void> {
    await this.#child?.stop(1000);
  }
}

const operatorMessages = 'messages.csv';

function scenario(voice: string, talkMs: number | null): string {
  return `<?xml version="1.0" encoding="UTF-8" ?>
<scenario name="operators">
  <recv request="INVITE" crlf="true">
    <action>
      <ereg regexp=".*" search_in="hdr" header="X-Lab-Linked-Id:" assign_to="linked"/>
      <ereg regexp=".*" search_in="hdr" header="From:" assign_to="from"/>
      <ereg regexp="sip:[^>]*" search_in="hdr" header="Contact:" assign_to="contact"/>
      <log message="RANG linked=[$linked] call=[call_id] from=[$from]"/>
    </action>
  </recv>
  <send><![CDATA[
SIP/2.0 180 Ringing
[last_Via:]
[last_From:]
[last_To:];tag=[pid]op[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:operators@[local_ip]:[local_port]>
Content-Length: 0

  ]]></send>
  <pause milliseconds="200"/>
  <send retrans="500"><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:];tag=[pid]op[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:operators@[local_ip]:[local_port]>
Content-Type: application/sdp
Content-Length: [len]

v=0
o=operators 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [rtpstream_audio_port] RTP/AVP 0
a=rtpmap:0 PCMU/8000
  ]]></send>
  <recv request="ACK" crlf="true">
    <action><exec rtp_stream="${voice},-1,0"/></action>
  </recv>
  <recv request="BYE" crlf="true"${talkMs === null ? '' : ` timeout="${talkMs}" ontimeout="1"`}/>
  <send next="2"><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

  ]]></send>
  <label id="1"/>
  <send retrans="500"><![CDATA[
BYE [$contact] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:operators@[local_ip]:[local_port]>;tag=[pid]op[call_number]
To:[$from]
Call-ID: [call_id]
CSeq: 1 BYE
Max-Forwards: 70
Content-Length: 0

  ]]></send>
  <recv response="200" timeout="5000" ontimeout="2"/>
  <label id="2"/>
  <nop/>
</scenario>
`;
}
