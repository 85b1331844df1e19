import { heading } from '../../src/notices/message-frame.ts';
import type { Channel, Message } from '../../src/notices/notice.ts';
import { Notices, type NoticesOptions } from '../../src/notices/notices.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { RecordingLog } from '../fakes/recording-log.ts';

/** Keeps what was sent; fails as often as it is told to. */
export class RecordingChannel implements Channel {
  readonly name = 'webhook';
  readonly setting = 'GATEHOUSE_WEBHOOK_URL';
  readonly to: string;
  readonly messages: Message[] = [];
  failures: Error[] = [];
  tries = 0;

  constructor(to = 'https://hooks.example/gatehouse') {
    this.to = to;
  }

  async send(message: Message): Promise<void> {
    this.tries++;
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
    this.messages.push(message);
  }

  /** Headings of each message. */
  get told(): string[][] {
    return this.messages.map(({ notices }) => notices.map(heading));
  }
}

/** Notices on a fake clock (2026-03-02T15:00Z, a Monday), told to a recording channel. */
export function quietStart(changes: Partial<NoticesOptions> = {}) {
  const clock = new FakeClock();
  const channel = new RecordingChannel();
  const log = new RecordingLog();
  const state = {
    names: new Map<string, string>(),
    refused: null as readonly string[] | null,
    backlog: 0,
    outbox: { failing: null as { error: string } | null, inMemory: 0, inSecondPlace: 0, setAside: 0 },
  };
  const notices = new Notices({
    node: 'n1',
    channels: [channel],
    timeZone: 'UTC',
    quietHours: null,
    digest: 'off',
    digestAtMinute: 420,
    surge: { called: 10, board: 100 },
    backlog: 1000,
    repeatMs: 3_600_000,
    sources: {
      calledName: (called) => state.names.get(called) ?? null,
      policyRefused: () => state.refused,
      backlog: () => state.backlog,
      outbox: () => state.outbox,
      digest: { counts: async () => [] },
    },
    clock,
    log,
    ...changes,
  });
  notices.start();
  return { clock, channel, log, state, notices };
}

export const minuteMs = 60_000;
export const hourMs = 3_600_000;
