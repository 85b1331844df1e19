import type { AsteriskQuestions } from './asterisk-questions.ts';

/** Asterisk's own limit of a folder, when the box has none. */
const defaultMaxMessages = 100;

export interface Mailbox {
  readonly messages: number;
  /** Messages that it holds at most. */
  readonly most: number;
}

/** The mailbox `box` or `box@context`; null: voicemail.conf has none of that name. */
export async function mailboxOf(asterisk: AsteriskQuestions, name: string): Promise<Mailbox | null> {
  const [box = '', context = 'default'] = name.split('@');
  if ((await asterisk.read(`VM_INFO(${box}@${context},exists)`)) !== '1') return null;
  const messages = Number(await asterisk.read(`VM_INFO(${box}@${context},count)`));
  const entry = await asterisk.config('voicemail.conf', context, box);
  const most =
    /\bmaxmsg=(\d+)/.exec(entry)?.[1] ?? (await asterisk.config('voicemail.conf', 'general', 'maxmsg'));
  return { messages, most: Number(most) || defaultMaxMessages };
}
