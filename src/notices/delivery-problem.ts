import { certificateRemedy } from '../process/trusted-authorities.ts';
import { noticeText } from './message-frame.ts';

/** Why a channel fails, and what helps. Neither holds an address, which may be a secret. */
export interface DeliveryProblem {
  readonly reason: string;
  readonly remedy: string;
}

/** @param setting where the address of the channel is set */
export function deliveryProblem(error: unknown, setting: string): DeliveryProblem {
  const { message } = (error ?? {}) as { message?: unknown };
  const text = [String(message), ...codesOf(error)].join(' ');
  const certificate = ofCertificate(error);
  const reason = noticeText(String(message));
  if (certificate !== null)
    return { reason: `The certificate of the server is not trusted: ${reason}`, remedy: certificate };
  const remedy =
    remedies.find(([words]) => words.test(text))?.[1] ?? 'The log has the error; see what the server says.';
  return { reason, remedy: remedy.replace('ADDRESS', setting) };
}

export const isCertificateProblem = (error: unknown) => ofCertificate(error) !== null;

function ofCertificate(error: unknown): string | null {
  const { message } = (error ?? {}) as { message?: unknown };
  const byCode = codesOf(error).map(certificateRemedy);
  return byCode.find((remedy) => remedy !== null) ?? certificateInText(String(message));
}

function codesOf(error: unknown): string[] {
  const { cause } = (error ?? {}) as { cause?: unknown };
  return [error, cause].map((one) => String((one as { code?: unknown } | undefined)?.code ?? ''));
}

/** Nodemailer says ESOCKET or ETLS, and why only in words. */
function certificateInText(text: string): string | null {
  if (/certificate has expired|not yet valid/i.test(text)) return certificateRemedy('CERT_HAS_EXPIRED');
  if (/altnames|does not match certificate/i.test(text)) return certificateRemedy('ALTNAME');
  return /self[- ]signed certificate|unable to (verify|get)\b.*(certificate|issuer)/i.test(text)
    ? certificateRemedy('UNABLE_TO_VERIFY')
    : null;
}

const remedies: readonly (readonly [RegExp, string])[] = [
  [/EAUTH|\b53[0-5]\b|HTTP 40[13]/, 'Correct user and password, or the secret, in ADDRESS.'],
  [/HTTP (404|405|410)/, 'Make the webhook anew at the receiver, and set ADDRESS to its address.'],
  [/HTTP 3\d\d/, 'Set ADDRESS to where it redirects: redirects are not followed.'],
  [/has no TLS/, 'Use smtps:// in ADDRESS, or a server with STARTTLS.'],
  [
    /ENOTFOUND|EAI_AGAIN|EDNS/,
    'The host name in ADDRESS cannot be resolved: correct it, or the DNS of this machine.',
  ],
  [
    /ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|ECONNRESET|ECONNECTION|ESOCKET|TimeoutError|too slow|UND_ERR/,
    'See whether this machine reaches the host and port in ADDRESS (firewall, service).',
  ],
  [/HTTP (429|5\d\d)/, 'The receiver is overloaded or failing; its log has the reason.'],
];
