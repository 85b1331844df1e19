import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../../lab/child.ts';
import { switchboard } from '../../lab/demo/morning.ts';
import { Lab } from '../../lab/lab.ts';
import { findSound, readWav } from '../../lab/listening.ts';
import { muLawSamples } from '../../lab/rtp-capture.ts';
import { PhoneNetwork, Softphone } from '../../lab/softphone.ts';
import { operatorVoice } from '../../lab/voices.ts';

let dir: string;
let network: PhoneNetwork;
let lab: Lab;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gatehouse-softphone-'));
  network = await PhoneNetwork.make(dir);
  lab = await Lab.up({ editAsterisk: addTrunk });
});
afterAll(async () => {
  await lab?.down();
  await network?.remove();
  await rm(dir, { recursive: true, force: true });
});

/** The carrier's trunk on the phone's cable too, with the same context. */
async function addTrunk(etc: string): Promise<void> {
  const file = join(etc, 'pjsip.conf');
  const [, port] = /bind = 127\.0\.0\.1:(\d+)/.exec(await readFile(file, 'utf8')) ?? [];
  await appendFile(
    file,
    `[transport-cable]
type = transport
protocol = udp
bind = ${network.here}:${port}
[cable]
type = endpoint
transport = transport-cable
context = gatehouse-in
disallow = all
allow = ulaw
dtmf_mode = rfc4733
direct_media = no
[cable]
type = identify
endpoint = cable
match = ${network.there}
`,
  );
}

/** Waits until a sound has arrived whole, recognizably. */
async function heardBy(phone: Softphone, sound: Int16Array): Promise<void> {
  const find = async () => (findSound(await phone.heard(), sound).likeness > 0.9 ? true : null);
  await until('a sound to be heard', 30_000, find, 500);
}

it('baresip is asked, presses 1 by RFC 4733, and talks with an operator', async () => {
  const phone = await Softphone.start(network, '+12125550177', join(dir, 'baresip'));
  try {
    const [, port] = lab.sip.split(':');
    phone.dial(`sip:${switchboard}@${network.here}:${port}`);
    await phone.happened('CALL_ESTABLISHED', 20_000);
    const prompt = await readWav(join(lab.dir, 'prompts', 'en', 'press-1.wav'));
    await heardBy(phone, prompt);
    phone.press('1');
    const call = await until(
      'an operator to be rung',
      20_000,
      async () => (await lab.operators.calls())[0] ?? null,
    );
    expect(call.from).toContain('"Passed: ');
    const voice = muLawSamples(await readFile(await operatorVoice()));
    await heardBy(phone, voice);
    phone.hangUp();
    await phone.happened('CALL_CLOSED', 10_000);
  } finally {
    await phone.stop();
  }
});
