import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ChannelValues, channelSettings, openChannels } from '../../src/notices/channels/registry.ts';
import { deliveryProblem } from '../../src/notices/delivery-problem.ts';
import type { Channel, Message } from '../../src/notices/notice.ts';
import { sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';
import { quietStart } from '../notices/recording-channel.ts';

/** As hostile as text gets on its way here; masking and control characters are done with before. */
const hostile =
  '<!channel> <https://evil.example|bank> *bold* [link](https://evil.example) <img src=x onerror=x> & "q"';
const message: Message = {
  id: '6f6c7d9e-0000-4000-8000-000000000001',
  at: Date.UTC(2026, 2, 2, 15),
  node: 'n1',
  notices: [
    {
      kind: 'policy-refused',
      key: 'policy-refused',
      phase: 'begun',
      since: Date.UTC(2026, 2, 2, 14, 59),
      title: 'Rule files refused; the last good policy is in force',
      lines: [hostile],
      count: null,
    },
    { kind: 'surge', key: 'surge/1', phase: 'over', since: 0, title: hostile, lines: [], count: null },
  ],
  leftOut: 2,
};
/** The one channel that these settings turn on. */
function opened(values: Partial<ChannelValues>, now = Date.now): Channel {
  const none = Object.fromEntries(Object.keys(channelSettings).map((name) => [name, null]));
  const all = { ...none, ...values } as ChannelValues;
  const [channel] = openChannels(all, { timeZone: 'UTC', now });
  if (channel === undefined) throw new Error('no channel is set');
  return channel;
}
const calm = () => new AbortController().signal;

describe('mail', () => {
  let server: SMTPServer;
  let mails: { from: string; to: string[]; data: string; user: string | undefined }[];
  let refuse: { responseCode: number } | null;
  let url: string;

  beforeEach(async () => {
    mails = [];
    refuse = null;
    server = new SMTPServer({
      disabledCommands: ['STARTTLS'],
      onAuth: ({ username, password }, _, done) =>
        password === 'secret'
          ? done(null, { user: username })
          : done(Object.assign(new Error('no'), { responseCode: 535 })),
      onData: (stream, session, done) => {
        let data = '';
        stream.setEncoding('utf8').on('data', (part: string) => {
          data += part;
        });
        stream.on('end', () => {
          if (refuse !== null) return done(Object.assign(new Error('refused'), refuse));
          const { mailFrom, rcptTo } = session.envelope;
          const from = mailFrom === false ? '' : mailFrom.address;
          mails.push({ from, to: rcptTo.map(({ address }) => address), data, user: session.user as string });
          done();
        });
      },
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `smtp://gatehouse:secret@127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  });
  afterEach(() => new Promise<void>((resolve) => server.close(() => resolve())));

  const channel = (smtpUrl = url) =>
    opened({
      GATEHOUSE_SMTP_URL: smtpUrl,
      GATEHOUSE_MAIL_FROM: 'gatehouse@example.org',
      GATEHOUSE_MAIL_TO: ['a@example.org', 'b@example.org'],
    });

  it('tells no password to another machine without TLS, and sends nothing there', async () => {
    // The same server, by an address of which nobody says that it is this machine.
    await expect(
      channel(url.replace('127.0.0.1', '[::ffff:127.0.0.1]')).send(message, calm()),
    ).rejects.toThrow(/TLS/);
    expect(mails).toEqual([]);
  });

  it('is plain text to everybody, from a machine, with the matters in it', async () => {
    await channel().send(message, calm());
    const [mail] = mails;
    expect(mail).toMatchObject({
      from: 'gatehouse@example.org',
      to: ['a@example.org', 'b@example.org'],
      user: 'gatehouse',
    });
    const [head = '', body = ''] = (mail?.data ?? '').split('\r\n\r\n');
    expect(head).toMatch(/^Content-Type: text\/plain/m);
    expect(head).toMatch(/^Auto-Submitted: auto-generated/m);
    expect(head.replace(/\r\n\s/g, ' ')).toContain(
      'Subject: [Gatehouse n1] Rule files refused; the last good policy is in force (and 3 more)',
    );
    expect(mail?.data).toContain('Since 2026-03-02 14:59 UTC');
    expect(body).not.toBe('');
    expect(mail?.data).not.toMatch(/text\/html/);
  });

  it('a title cannot add a header', async () => {
    const [first] = message.notices;
    if (first === undefined) throw new Error('no notice');
    const notices = [{ ...first, title: 'A\r\nBcc: c@example.org\r\n\r\nbody' }];
    await channel().send({ ...message, notices, leftOut: 0 }, calm());
    expect(mails[0]?.to).toEqual(['a@example.org', 'b@example.org']);
    expect(mails[0]?.data.split('\r\n\r\n')[0]).not.toMatch(/^Bcc:/m);
  });

  it('a refusal for now and a wrong password are tried again, a mail that is refused for good is not', async () => {
    refuse = { responseCode: 451 };
    await expect(channel().send(message, calm())).rejects.not.toHaveProperty('code', 'undeliverable');
    refuse = { responseCode: 554 };
    await expect(channel().send(message, calm())).rejects.toHaveProperty('code', 'undeliverable');
    const wrong = await channel(url.replace('secret', 'wrong'))
      .send(message, calm())
      .catch((error: unknown) => error);
    expect(wrong).not.toHaveProperty('code', 'undeliverable');
    expect(deliveryProblem(wrong, 'GATEHOUSE_SMTP_URL').remedy).toContain('password');
    expect(mails).toEqual([]);
  });

  it('a mail server that says nothing is given up', async () => {
    const silent = createSocketServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    await expect(channel(`smtp://127.0.0.1:${port}`).send(message, AbortSignal.timeout(300))).rejects.toThrow(
      'too slow',
    );
    silent.close();
  });
});

describe('a webhook', () => {
  let server: Server;
  let got: { headers: IncomingHttpHeaders; body: string; url: string | undefined }[];
  let answers: number[];
  let url: string;

  beforeEach(async () => {
    got = [];
    answers = [];
    server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (part: string) => {
        body += part;
      });
      request.on('end', () => {
        got.push({ headers: request.headers, body, url: request.url });
        const status = answers.shift() ?? 200;
        response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end('ok');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook/secret-path`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it('is signed over time and body, so that nobody else can send it, nor send it again', async () => {
    const secret = 'a secret of the receiver';
    const now = Date.UTC(2026, 2, 2, 15, 0, 7);
    const values = { GATEHOUSE_WEBHOOK_URL: url, GATEHOUSE_WEBHOOK_SECRET: secret };
    await opened(values, () => now).send(message, calm());
    const headers: IncomingHttpHeaders = got[0]?.headers ?? {};
    const body = got[0]?.body ?? '';
    expect(headers['x-gatehouse-timestamp']).toBe(String(now / 1000));
    expect(headers['x-gatehouse-signature']).toBe(
      `v1=${createHmac('sha256', secret)
        .update(`${now / 1000}.${body}`)
        .digest('hex')}`,
    );
    expect(headers['x-gatehouse-id']).toBe(message.id);
    const told = JSON.parse(body);
    expect(told).toMatchObject({ schema: 1, node: 'n1', leftOut: 2 });
    expect(told.notices[1]).toMatchObject({ phase: 'over', heading: `Resolved: ${hostile}` });
  });

  it('for Slack holds hostile text in plain text only, within its limits', async () => {
    await opened({ GATEHOUSE_SLACK_URL: url }).send(message, calm());
    const told = JSON.parse(got[0]?.body ?? '{}');
    const texts: { type: string; text: string }[] = told.blocks.flatMap(
      (block: { text?: object; elements?: object[] }) => block.elements ?? [block.text],
    );
    expect(texts.every(({ type }) => type === 'plain_text')).toBe(true);
    expect(texts.some(({ text }) => text.includes('<!channel>'))).toBe(true);
    expect(Math.max(...texts.map(({ text }) => text.length))).toBeLessThanOrEqual(3000);
    expect(told.text).not.toMatch(/[<>]/);
  });

  it('for Teams holds hostile text in text runs, in which nothing is Markdown', async () => {
    await opened({ GATEHOUSE_TEAMS_URL: url }).send(message, calm());
    const [{ contentType, content }] = JSON.parse(got[0]?.body ?? '{}').attachments;
    expect(contentType).toBe('application/vnd.microsoft.card.adaptive');
    expect(content.body.every(({ type }: { type: string }) => type === 'RichTextBlock')).toBe(true);
    const runs = content.body.flatMap(
      ({ inlines }: { inlines: { type: string; text: string }[] }) => inlines,
    );
    expect(runs.every(({ type }: { type: string }) => type === 'TextRun')).toBe(true);
    expect(runs.map(({ text }: { text: string }) => text)).toContain(hostile);
  });

  it.each([
    [500, false, /overloaded or failing/],
    [429, false, /overloaded/],
    [404, false, /webhook anew.*GATEHOUSE_SLACK_URL/],
    [410, false, /webhook anew/],
    [403, false, /secret, in GATEHOUSE_SLACK_URL/],
    [302, false, /redirects are not followed/],
    [400, true, /log/],
    [413, true, /log/],
  ])(
    'answers %i: refused for good is the message alone, and nothing is sent elsewhere',
    async (status, lasting, remedy) => {
      const channel = opened({ GATEHOUSE_SLACK_URL: url });
      answers = [status];
      const error: unknown = await channel.send(message, calm()).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(Error);
      expect((error as { code?: string }).code === 'undeliverable').toBe(lasting);
      expect(deliveryProblem(error, channel.setting).remedy).toMatch(remedy);
      expect(got.map((one) => one.url)).toEqual(['/hook/secret-path']);
    },
  );

  it('never says its address in an error, which is logged', async () => {
    const port = (server.address() as AddressInfo).port;
    await new Promise<void>((resolve) => server.close(() => resolve()));
    const channel = opened({ GATEHOUSE_SLACK_URL: `http://127.0.0.1:${port}/hook/secret-path` });
    const error = await channel.send(message, calm()).catch((caught: Error) => caught);
    expect(String(error)).toBe('Error: no answer (ECONNREFUSED)');
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('secret-path');
  });

  it('reports a call that bypassed screening to the receiver', async () => {
    const values = { GATEHOUSE_WEBHOOK_URL: url, GATEHOUSE_WEBHOOK_SECRET: 'a secret of 16 c' };
    const { clock, notices } = quietStart({ channels: [opened(values)] });
    notices.saw(
      sampleOutcome('n1/1', {
        bypass: { reason: 'watchdog', detail: '+13175550123' },
        facts: sampleFacts('n1/1', { now: clock.now() }),
      }),
    );
    await clock.advance(60_000);
    await expect.poll(() => got.length).toBe(1);
    expect(JSON.parse(got[0]?.body ?? '{}').notices[0].details).toEqual([
      'They reached the operators unscreened; latest reason: watchdog',
      '1 time so far',
      'Since 2026-03-02 15:00 UTC',
    ]);
    expect(got[0]?.body).not.toContain('5550123');
    notices.close();
  });
});
