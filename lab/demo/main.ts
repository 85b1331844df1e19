import { styleText } from 'node:util';
import { Command } from 'commander';
import type { ReportSummary } from '../../src/call/call-records.ts';
import { maskNumber } from '../../src/privacy/mask-number.ts';
import { screenOf } from '../../src/terminal/screen.ts';
import { summaryText } from '../../src/terminal/summary-text.ts';
import { until } from '../child.ts';
import { Lab } from '../lab.ts';
import { duringCrash, type MorningCaller, morning, returningPasser, whileAway } from './morning.ts';
import { takePictures } from './pictures.ts';
import { type CallerFate, endOf, ringCaller } from './ring-caller.ts';

/** The dialplan gives a call back after this long: enough for two silent attempts, less than the shipped 60 s. */
const watchdogSeconds = 40;

const program = new Command('demo')
  .description('a morning of callers on a real Asterisk')
  .option('--once', 'end when the last call is over')
  .option('--json', 'the last line is a JSON summary')
  .option('--pictures <dir>', 'take the pictures of the guides')
  .parse();
const {
  once = false,
  json = false,
  pictures = null,
} = program.opts<{ once?: boolean; json?: boolean; pictures?: string }>();
const say = (line = ''): void => void process.stdout.write(`${line}\n`);

process.exitCode = await demo();

async function demo(): Promise<number> {
  const lab = await Lab.up({ watchdogSeconds, progress: (line) => process.stderr.write(`${line}\n`) });
  const interrupted = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
  try {
    const played = await Promise.race([interrupted.then(() => null), playMorning(lab)]);
    if (played === null) return 130;
    if (!once) {
      say(
        `\nStill up. Call any number at ${styleText('bold', `sip:${lab.sip}`)} with a softphone on this machine; Ctrl-C stops all.`,
      );
      say(`Report: ${lab.gatehouse.url}/api/report   Logs: ${lab.contract.logs}`);
      await interrupted;
    }
    return played;
  } finally {
    process.stderr.write('stopping …\n');
    await lab.down();
  }
}

async function playMorning(lab: Lab): Promise<number> {
  say(`\nA morning at the switchboard. Asterisk, Redis, the callers and the operators' phone are real.\n`);
  const fates: CallerFate[] = [];
  const ring = async (caller: MorningCaller): Promise<void> => {
    const fate = await ringCaller(lab, caller);
    fates.push(fate);
    tell(fate);
  };
  await Promise.all(
    morning.map(async (caller, index) => {
      await new Promise((resolve) => setTimeout(resolve, index * 400));
      await ring(caller);
      if (caller.id === 'presses-one') await ring(returningPasser);
    }),
  );
  await crash(lab, ring);

  const calls = fates.length;
  const report = await finalReport(lab, calls);
  say(`\n${summaryText(report, { rows: 20, screen: screenOf() })}`);
  const { totals } = report;
  const lost = fates.filter((fate) => endOf(fate) === 'lost').length;
  const { connected, challenged, passed, voicemail, rejected, abandoned, bypassed } = totals;
  const counts = {
    calls,
    connected,
    challenged,
    passed,
    voicemail,
    rejected,
    abandoned,
    bypassed,
    lost,
    outcomes: totals.calls,
  };
  const surprises = fates.filter((fate) => !asWanted(fate));
  for (const fate of surprises)
    say(`NOT AS WANTED: ${fate.caller.id}: ${endOf(fate)}, wanted ${fate.caller.end}`);
  if (pictures !== null) await takePictures(lab, pictures);
  if (json) say(JSON.stringify(counts));
  return surprises.length === 0 && lost === 0 && totals.calls === calls ? 0 : 1;
}

/** Gatehouse is killed with a call inside and stays dead; then it comes back and counts what went round it. */
async function crash(lab: Lab, ring: (caller: MorningCaller) => Promise<void>): Promise<void> {
  const inside = ring(duringCrash);
  await until('the unlucky caller to be screened', 10_000, async () =>
    (await liveCalls(lab)) > 0 ? true : null,
  );
  lab.gatehouse.child.signal('SIGKILL');
  await lab.gatehouse.child.ended;
  say(
    styleText(
      'yellow',
      `  ⚡ Gatehouse is killed (kill -9) with a call inside; Asterisk gives it back within ${watchdogSeconds} s`,
    ),
  );
  await Promise.all([inside, ring(whileAway)]);
  await lab.gatehouse.start();
  await lab.record();
  say(styleText('yellow', '  ⚡ Gatehouse is back and counts the calls that went round it'));
}

async function liveCalls(lab: Lab): Promise<number> {
  const reply = await fetch(`${lab.gatehouse.url}/healthz`, { signal: AbortSignal.timeout(1000) });
  return ((await reply.json()) as { liveCalls: number }).liveCalls;
}

/** Waits until Redis has an outcome for every call. */
async function finalReport(lab: Lab, calls: number): Promise<ReportSummary> {
  let last: ReportSummary | null = null;
  const read = async (): Promise<true | null> => {
    const reply = await fetch(`${lab.gatehouse.url}/api/report?since=1h`, {
      signal: AbortSignal.timeout(5000),
    });
    // 503 while the records of a Gatehouse that has just started are still being read.
    if (!reply.ok) return null;
    last = (await reply.json()) as ReportSummary;
    return last.totals.calls >= calls ? true : null;
  };
  await until(`${calls} outcomes`, 15_000, read, 250).catch(() => {});
  if (last === null) throw new Error('the report could not be read');
  return last;
}

function asWanted(fate: CallerFate): boolean {
  const { end, phoneShows } = fate.caller;
  return endOf(fate) === end && (phoneShows === null || fate.arrival?.callerName === phoneShows);
}

function tell(fate: CallerFate): void {
  const { caller, arrival } = fate;
  const end = endOf(fate);
  const color = { operators: 'green', voicemail: 'cyan', rejected: 'magenta', none: 'gray' }[end] ?? 'red';
  const where: Record<string, string> = {
    operators: `operators, phone shows “${arrival?.callerName ?? ''}”`,
    voicemail: 'voicemail',
    rejected: 'rejected, told why',
    none: 'hung up before an exit',
  };
  const number = caller.script.from.startsWith('+') ? maskNumber(caller.script.from) : caller.script.from;
  const mark = asWanted(fate) ? '✓' : '✗';
  say(
    `  ${mark} ${number.padEnd(13)} ${caller.who.padEnd(48)} → ${styleText(color as 'red', where[end] ?? end)} ${styleText('dim', `${fate.seconds.toFixed(1)} s`)}`,
  );
}
