import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LabAsterisk } from '../../lab/asterisk.ts';

const fixture = join(import.meta.dirname, '..', 'fixtures', 'freepbx-17');
const isOfSite = (name: string): boolean => /_custom|_override/.test(name);

/** Makes a lab's configuration that of test/fixtures/freepbx-17. The lab's modules, log and sounds stay. */
export async function layFreePbx(etc: string): Promise<void> {
  await writeFiles(etc, await portsOf(etc), () => true);
  // Not of FreePBX, and read by Asterisk.
  for (const name of ['users.conf', 'extensions.lua', 'extensions.ael'])
    await rm(join(etc, name), { force: true });
}

/** What *Apply Config* does: FreePBX writes its files anew, and those of the site stay. */
export async function applyConfig(asterisk: LabAsterisk, etc: string): Promise<void> {
  const { sipPort, httpPort, operatorsPort } = asterisk.plan;
  await writeFiles(etc, [sipPort, httpPort, operatorsPort], (name) => !isOfSite(name));
  for (const part of ['res_pjsip.so', 'http', 'res_ari.so', 'app_voicemail.so', 'app_queue.so'])
    await asterisk.cli(`module reload ${part}`);
  await asterisk.cli('dialplan reload');
}

/** What FreePBX keeps of its extensions in AstDB. */
export async function fillAstDb(asterisk: LabAsterisk): Promise<void> {
  for (const extension of ['100', '101', '102']) {
    await asterisk.cli(`database put AMPUSER/${extension} device ${extension}`);
    await asterisk.cli(`database put AMPUSER/${extension} voicemail default`);
    await asterisk.cli(`database put DEVICE/${extension} dial PJSIP/${extension}`);
  }
}

/** SIP, HTTP and the phones, as the lab has set them. */
type Ports = readonly [sip: number, http: number, phones: number];

async function portsOf(etc: string): Promise<Ports> {
  const pjsip = await readFile(join(etc, 'pjsip.conf'), 'utf8');
  const http = await readFile(join(etc, 'http.conf'), 'utf8');
  const port = (text: string, where: RegExp): number => Number(where.exec(text)?.[1]);
  return [
    port(pjsip, /bind = 127\.0\.0\.1:(\d+)/),
    port(http, /bindport = (\d+)/),
    port(pjsip, /operators@127\.0\.0\.1:(\d+)/),
  ];
}

async function writeFiles(
  etc: string,
  [sip, http, phones]: Ports,
  isMeant: (name: string) => boolean,
): Promise<void> {
  const names = (await readdir(fixture)).filter((name) => name !== 'README.md' && isMeant(name));
  for (const name of names) {
    const text = await readFile(join(fixture, name), 'utf8');
    const filled = text
      .replaceAll('@SIP_PORT@', String(sip))
      .replaceAll('@HTTP_PORT@', String(http))
      .replaceAll('@PHONES_PORT@', String(phones));
    await writeFile(join(etc, name), filled);
  }
}
