import { z } from 'zod';
import { commaList, secretLine, url } from '../../process/setting.ts';
import { isCertificateProblem } from '../delivery-problem.ts';
import { details, heading, leftOutLine, subject } from '../message-frame.ts';
import { type Message, UndeliverableError } from '../notice.ts';
import { channelKind } from './channel.ts';

const timeoutMs = 10_000;

/** Plain text mail: nothing in it is markup, whatever a caller wrote. */
export const mail = channelKind({
  settings: {
    GATEHOUSE_SMTP_URL: {
      ...secretLine,
      shape: url('smtp:', 'smtps:'),
      allowed: 'an smtp:// or smtps:// address, including user and password',
      about:
        'Mail server for notices. `smtp://` uses STARTTLS when the server offers it; a password is sent to another machine only over TLS.',
      needs: ['GATEHOUSE_MAIL_FROM', 'GATEHOUSE_MAIL_TO'],
    },
    GATEHOUSE_MAIL_FROM: {
      shape: z.string().refine(isMailAddress),
      allowed: 'a mail address',
      about: 'Sender of notices.',
    },
    GATEHOUSE_MAIL_TO: {
      shape: commaList(isMailAddress),
      allowed: 'mail addresses, separated by commas',
      about: 'Recipients of notices by mail.',
    },
  },
  open({ GATEHOUSE_SMTP_URL: smtpUrl, GATEHOUSE_MAIL_FROM: from, GATEHOUSE_MAIL_TO: to }, { timeZone }) {
    if (smtpUrl === null || from === null || to === null) return null;
    return {
      name: 'mail',
      setting: 'GATEHOUSE_SMTP_URL',
      to: to.join(),
      send(message, abort) {
        const mailOptions = {
          from,
          to,
          subject: subject(message).replace(/\s+/g, ' '),
          text: mailText(message, timeZone),
          messageId: `<${message.id}@gatehouse.invalid>`,
          // No out-of-office answer to a machine (RFC 3834).
          headers: { 'Auto-Submitted': 'auto-generated' },
        };
        return sendMail(smtpUrl, mailOptions, abort);
      },
    };
  },
});

async function sendMail(smtpUrl: string, mailOptions: object, abort: AbortSignal): Promise<void> {
  // Loaded here: commands read these settings too, and send nothing.
  const { createTransport } = await import('nodemailer');
  const transport = createTransport({
    url: smtpUrl,
    requireTLS: sendsPassword(smtpUrl),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const aborted = Promise.withResolvers<never>();
  const stop = () => {
    transport.close();
    aborted.reject(new Error('the mail server was too slow'));
  };
  abort.addEventListener('abort', stop, { once: true });
  try {
    await Promise.race([transport.sendMail(mailOptions), aborted.promise]);
  } catch (error) {
    const { responseCode, code, command } = error as { [name: string]: unknown };
    if (isCertificateProblem(error)) throw error;
    if (code === 'ETLS' || command === 'STARTTLS')
      throw new Error('the mail server has no TLS, and a password is not sent without it', { cause: error });
    // RFC 5321, 4.2.1: 5yz is final. Of the sender (530 to 535, RFC 4954) it lasts until the settings are corrected.
    const isOfSender =
      code === 'EAUTH' || (typeof responseCode === 'number' && responseCode >= 530 && responseCode <= 535);
    if (typeof responseCode === 'number' && responseCode >= 500 && !isOfSender)
      throw new UndeliverableError(`the mail server refused it (${responseCode})`, error);
    throw error;
  } finally {
    abort.removeEventListener('abort', stop);
    transport.close();
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

function isMailAddress(text: string): boolean {
  return /^[^\s@<>",;]{1,64}@[A-Za-z0-9.-]{1,255}$/.test(text);
}
