import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Log } from '../../src/log/log.ts';
import { createLog } from '../../src/log/logger.ts';

function logged(
  fields: Record<string, unknown>,
  { message = 'a call', numbers = 'masked' as 'masked' | 'full' } = {},
): { line: string; entry: Record<string, unknown> } {
  const stream = new PassThrough();
  const log: Log = createLog({ level: 'info', numbers, stream });
  log.info(message, fields);
  const line = String(stream.read() ?? '');
  return { line, entry: JSON.parse(line) };
}

it('is one JSON object a line: time, level, text, fields', () => {
  const { line, entry } = logged({ callId: 'pbx1/1763809262.17', digits: 2 });
  expect(line.endsWith('}\n')).toBe(true);
  expect(Object.keys(entry)).toEqual(['time', 'level', 'message', 'callId', 'digits']);
  expect(entry).toMatchObject({ level: 'info', message: 'a call', callId: 'pbx1/1763809262.17', digits: 2 });
  expect(new Date(String(entry.time)).toISOString()).toBe(entry.time);
});

it('tells where our own servers are and which versions they have, without passwords', () => {
  const { entry } = logged({
    redis: 'redis+sentinel://user:pass@10.0.0.1:26379,10.0.0.2:26379/main',
    server: '127.0.0.1:46379',
    version: '22.10.1~dfsg+~cs6.17.15551234-1',
  });
  expect(entry).toMatchObject({
    redis: 'redis+sentinel://(hidden)@10.0.0.1:26379,10.0.0.2:26379/main',
    server: '127.0.0.1:46379',
    version: '22.10.1~dfsg+~cs6.17.15551234-1',
  });
});

it('leaves out what is below its level', () => {
  const stream = new PassThrough();
  const log = createLog({ level: 'warn', numbers: 'masked', stream });
  log.debug('no');
  log.info('no');
  log.warn('yes');
  log.error('yes');
  expect(String(stream.read()).trim().split('\n')).toHaveLength(2);
});

describe('numbers of people', () => {
  const fields = {
    from: '+13175550123',
    caller: { number: '3175550123', seen: ['+1 317-555-0199'] },
    byNumber: { '+13175550123': 3 },
    cause: new Error('no route to +13175550123', { cause: new Error('sip:3175550123@carrier') }),
  };

  it('are masked wherever they stand', () => {
    const { line } = logged(fields, { message: 'call from +13175550123' });
    expect(line).not.toMatch(/5550123|555-0199/);
    expect(line).toContain('+1317•••••23');
  });

  it('stand in full where the setting says so', () => {
    expect(logged(fields, { numbers: 'full' }).line).toContain('+13175550123');
  });

  it('cannot hide in a field that is named like an id of ours', () => {
    expect(logged({ callId: '+13175550123' }).line).not.toContain('5550123');
  });
});

describe('hostile text', () => {
  it('cannot start a line, color a terminal or turn the writing round', () => {
    const name = 'x\n{"level":"error"}\r\u001b[31m\u009b31m\u2028\u202e\u206a\u00ad\u{e0041}\u007f\u0000"';
    const { line, entry } = logged({ name }, { message: name });
    expect(line.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u00ad\u2028-\u202e\u206a\u{e0041}]/u);
    expect(line.match(/\n/g)).toHaveLength(1);
    expect(entry.name).toBe(name);
  });

  it('cannot take the place of time, level or text', () => {
    const { entry } = logged({ level: 'error', message: 'forged', time: 'never' });
    expect(entry).toMatchObject({
      level: 'info',
      message: 'a call',
      field_level: 'error',
      field_message: 'forged',
    });
  });

  it('is cut', () => {
    const big = 'x'.repeat(1_000_000);
    const fields = Object.fromEntries(
      Array.from({ length: 200 }, (_, i) => [`field-${i}`, { big, also: [big, big] }]),
    );
    expect(logged({ ...fields, big }, { message: big }).line.length).toBeLessThan(16_100);
  });

  it('does not reach the prototype', () => {
    logged(JSON.parse('{"__proto__":{"polluted":true},"constructor":1}'));
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

it('hides secrets by the name of the field and inside addresses', () => {
  const { line } = logged({
    ariPassword: 'hush',
    headers: { Authorization: 'hush' },
    at: 'redis://:hush@r:6379/0',
  });
  expect(line).not.toContain('hush');
});

it('tells an error with code, status, place and cause', () => {
  const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  const error = Object.assign(new Error('no answer', { cause }), { code: 'deadline', status: 503 });
  expect(logged({ error }).entry.error).toMatchObject({
    name: 'Error',
    message: 'no answer',
    code: 'deadline',
    status: 503,
    stack: expect.stringContaining('log-lines-cannot-be-forged'),
    cause: { message: 'connect ECONNREFUSED', code: 'ECONNREFUSED' },
  });
});

it('never throws, whatever it is given', () => {
  const circle: Record<string, unknown> = {
    n: 10n,
    f: () => 1,
    s: Symbol('s'),
    nan: Number.NaN,
    u: undefined,
  };
  circle.itself = circle;
  const trap = {
    get worse() {
      throw new Error('trap');
    },
  };
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const { entry } = logged({
    circle,
    trap,
    proxy,
    date: new Date(Number.NaN),
    map: new Map([[1, 2]]),
    bytes: Buffer.alloc(9),
  });
  expect(entry).toMatchObject({ trap: { worse: '(unreadable)' }, map: { 1: 2 }, bytes: '(9 bytes)' });
});
