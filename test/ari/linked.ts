import { expect, onTestFinished, vi } from 'vitest';
import { AriLink, type AriLinkOptions, type AriLinkState } from '../../src/ari/ari-link.ts';
import { unnamedTrunk } from '../../src/call/trunk.ts';
import type { Log } from '../../src/log/log.ts';
import type { ArrivedCall, CallEvent } from '../../src/screening/ports.ts';
import { FakeAsterisk, type FakeAsteriskOptions } from '../fakes/fake-asterisk.ts';

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: Record<string, unknown>;
}

export interface LinkUnderTest {
  readonly link: AriLink;
  readonly calls: ArrivedCall[];
  readonly states: AriLinkState[];
  readonly lines: LogLine[];
  logged(message: string): LogLine[];
}

export async function fakeAsterisk(options: FakeAsteriskOptions = {}): Promise<FakeAsterisk> {
  const fake = await FakeAsterisk.start(options);
  onTestFinished(() => fake.stop());
  return fake;
}

/** A link with short deadlines, not yet started. */
export function linkTo(url: string, options: Partial<AriLinkOptions> = {}): LinkUnderTest {
  const lines: LogLine[] = [];
  const write =
    (level: LogLine['level']) =>
    (message: string, fields: Record<string, unknown> = {}) =>
      void lines.push({ level, message, fields });
  const log: Log = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  const link = new AriLink({
    url,
    username: 'gatehouse',
    password: 'secret',
    app: 'gatehouse',
    node: 'n1',
    readers: { trunkOf: () => unnamedTrunk('US') },
    requestTimeoutMs: 2_000,
    pingIntervalMs: 30,
    pongTimeoutMs: 2_000,
    bootGraceMs: 50,
    log,
    ...options,
  });
  const calls: ArrivedCall[] = [];
  const states: AriLinkState[] = [];
  link.onCall((call) => void calls.push(call));
  link.onState((state) => void states.push(state));
  onTestFinished(() => link.stop());
  return {
    link,
    calls,
    states,
    lines,
    logged: (text) => lines.filter(({ message }) => message.includes(text)),
  };
}

/** A link that is connected to a fake of its own, and has looked for calls inside. */
export async function linked(
  options: Partial<AriLinkOptions> = {},
  asterisk: FakeAsteriskOptions = {},
): Promise<LinkUnderTest & { fake: FakeAsterisk }> {
  const fake = await fakeAsterisk(asterisk);
  const under = linkTo(fake.url, options);
  await under.link.start();
  await soon(() => expect(fake.requestsOf('GET /channels')).toHaveLength(1));
  await under.link.liveCallIds();
  return { fake, ...under };
}

/** A connected link with one call inside, and what that call was told. */
export async function oneCall(options: Partial<AriLinkOptions> = {}) {
  const under = await linked(options);
  const id = under.fake.arrive({ args: entryArgs() });
  const call = await firstCall(under);
  return { ...under, id, call, events: eventsOf(call) };
}

export async function firstCall({ calls }: { calls: readonly ArrivedCall[] }): Promise<ArrivedCall> {
  return soon(() => {
    const [call] = calls;
    if (!call) throw new Error('no call came');
    return call;
  });
}

export function eventsOf(call: ArrivedCall): CallEvent[] {
  const events: CallEvent[] = [];
  call.listen((event) => void events.push(event));
  return events;
}

/** Until `check` stops throwing; 20 s at most. */
export function soon<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { interval: 2, timeout: 90_000 });
}

/** Both directions of the link are idle: what was under way has arrived. */
export async function settled({ fake, link }: { fake: FakeAsterisk; link: AriLink }): Promise<void> {
  const id = fake.arrive({ channelId: `settled-${Math.random()}`, app: 'gatehouse' });
  await soon(async () => {
    if (!(await link.liveCallIds()).has(`n1/${id}`)) throw new Error('not yet');
  });
  fake.hangUp(id);
  await new Promise((resolve) => setImmediate(resolve));
}

export function entryArgs(fields: Record<string, string> = {}): string[] {
  const all = {
    v: '1',
    linked: '1.1',
    did: '+13175550100',
    num: '+13175550123',
    pres: 'allowed',
    wd: '60',
    ...fields,
  };
  return Object.entries(all).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
}
