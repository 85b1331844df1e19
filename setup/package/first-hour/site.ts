import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the carrier sends from, and where the phone is. */
export const trunkAddress = '127.0.0.2';
export const phonePort = 5070;
export const ownNumber = '+13172740100';

/** What a call came to. */
export interface Rung {
  /** How it ended for the caller: `answered`, then `hung-up` or `ended-by-peer`; `rejected-607`. */
  readonly caller: readonly string[];
  /** From header as the phone saw it; null: it did not ring. */
  readonly phone: string | null;
  /** Until the phone rang. */
  readonly ms: number;
}

const pjsip = `
[transport-udp]
type = transport
protocol = udp
bind = 0.0.0.0

[carrier]
type = endpoint
context = from-carrier
disallow = all
allow = ulaw
aors = carrier
direct_media = no
[carrier]
type = aor
contact = sip:${trunkAddress}:5060
[carrier]
type = identify
endpoint = carrier
match = ${trunkAddress}

[desk]
type = endpoint
context = from-desk
disallow = all
allow = ulaw
aors = desk
direct_media = no
[desk]
type = aor
contact = sip:desk@127.0.0.1:${phonePort}
`;

const extensions = `
[from-carrier]
exten => _+1317274010X,1,Dial(PJSIP/desk,30)

[from-desk]
exten => _X.,1,Dial(PJSIP/\${EXTEN}@carrier)
`;

const answers = `own-numbers: '${ownNumber}..+13172740109'
time-zone: America/Indiana/Indianapolis
monitor: false
`;

/** A trunk and a phone, below what Debian wrote; and the answers for `gatehouse init`. @param root the Debian */
export async function writeSite(root: string): Promise<void> {
  await appendFile(join(root, 'etc/asterisk/pjsip.conf'), pjsip);
  await appendFile(join(root, 'etc/asterisk/extensions.conf'), extensions);
  await appendFile(join(root, 'root/answers.yaml'), answers);
}
