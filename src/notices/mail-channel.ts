import { createTransport } from 'nodemailer';
import { details, heading, leftOutLine, subject } from './message-text.ts';
import { type Channel, type Message, UndeliverableError } from './notice.ts';

export interface MailOptions {
  /**
   * `smtp://user:password@host:587`, or `smtps://`. STARTTLS when the server offers it; with a password for another machine it
   * must, or the password is not sent.
   */
  readonly smtpUrl: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly timeZone: string;
}

const timeoutMs = 10_000;

/** Notices as plain text mail: nothing in it is markup, whatever a caller wrote. */
export class MailChannel implements Channel {
  readonly name = 'mail';
  readonly #options: MailOptions;

  constructor(options: MailOptions) {
    this.#options = options;
  }

  async send(message: Message, abort: AbortSignal): Promise<void> {
    const { smtpUrl, from, to, timeZone } = this.#options;
    const transport = createTransport({
      url: smtpUrl,
      requireTLS: sendsPassword(smtpUrl),
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    const stop = () => transport.close();
    abort.addEventListener('abort', stop, { once: true });
    try {
      await Promise.race([
        transport.sendMail({
          from,
          to: [...to],
          subject: subject(message).replace(/\s+/g, ' '),
          text: mailText(message, timeZone),
          messageId: `<${message.id}@gatehouse.invalid>`,
          // No out-of-office answer to a machine (RFC 3834).
          headers: { 'Auto-Submitted': 'auto-generated' },
        }),
        new Promise<never>((_, reject) => {
          abort.addEventListener('abort', () => reject(new Error('the mail server was too slow')), {
            once: true,
          });
        }),
      ]);
    } catch (error) {
      const { responseCode, code, command } = error as { [name: string]: unknown };
      if (code === 'ETLS' || command === 'STARTTLS')
        throw new Error('the mail server has no TLS, and a password is not sent without it', {
          cause: error,
        });
      // RFC 5321, 4.2.1: 5yz is for ever; credentials (535) may be mended, and then the next notice goes.
      if (typeof responseCode === 'number' && responseCode >= 500)
        throw new UndeliverableError(`the mail server refused it (${responseCode})`, error);
      throw error;
    } finally {
      abort.removeEventListener('abort', stop);
      transport.close();
    }
  }
}

function mailText(message: Message, zone: string): string {
  const parts = message.notices.map((notice) =>
    [heading(notice), ...details(notice, zone).map((line) => `  ${line}`)].join('\n'),
  );
  const leftOut = leftOutLine(message);
  return `${[...parts, ...(leftOut === null ? [] : [leftOut]), `Gatehouse on ${message.node}`].join('\n\n')}\n`;
}

/** True when a password would cross a network. */
function sendsPassword(smtpUrl: string): boolean {
  const { password, hostname } = new URL(smtpUrl);
  return password !== '' && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
