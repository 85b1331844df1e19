import { Command } from 'commander';
import { z } from 'zod';
import { defaultWords, settingText } from '../config/read-setting.ts';
import { formatProblem, type Problem } from '../policy/problem.ts';
import { fromHere } from '../process/loopback.ts';
import { localTokenIfOurs } from '../report/access/private-file.ts';
import { wrapped } from '../terminal/screen.ts';
import { type JsonFields, picked, withJsonOption } from './command/json-option.ts';
import { dataDir } from './command/options.ts';
import { CommandError, run, sameUser } from './command/run.ts';

/** Longer than the server's own deadline for a reload. */
const deadlineMs = 70_000;

const problem = z.object({
  severity: z.enum(['error', 'warning']),
  file: z.string(),
  line: z.number(),
  column: z.number(),
  message: z.string(),
  remedy: z.string(),
  code: z.string(),
});
const answerShape = z.object({
  ok: z.boolean(),
  changed: z.boolean(),
  version: z.string(),
  problems: z.array(problem),
});
type Answer = z.output<typeof answerShape>;

/** `gatehouse reload`: the running Gatehouse reads its rule files again. Exit code 1 when it refuses them or does not answer. */
export function reloadCommand(): Command {
  const command = new Command('reload')
    .description('make the running Gatehouse read its rule files again')
    .option('--http <host:port>', `address of the running Gatehouse (${defaultWords('GATEHOUSE_HTTP')})`);
  return withJsonOption(command, 'one JSON object', Object.keys(answerShape.shape)).action(
    ({ http, json }: { http?: string; json?: JsonFields }, self: Command) =>
      run(self, async () => {
        const answer = await requestReload(settingText('GATEHOUSE_HTTP', http));
        if (!answer.ok) process.exitCode = 1;
        console.log(json ? JSON.stringify(picked(answer, json)) : wrapped(answerText(answer)));
      }),
  );
}

async function requestReload(address: string): Promise<Answer> {
  const at = fromHere(address);
  const token = localTokenIfOurs(dataDir());
  const reply = await fetch(`http://${at}/api/reload`, {
    method: 'POST',
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(deadlineMs),
  }).catch((error: unknown) => {
    const cause = (error as { cause?: { code?: string } }).cause?.code ?? String(error);
    throw new CommandError(
      'no-answer',
      `no Gatehouse answers at ${at} (${cause}); is "gatehouse serve" running?`,
    );
  });
  const body: unknown = await reply.json().catch(() => null);
  const answer = answerShape.safeParse(body);
  if (answer.success) return answer.data;
  if (reply.status === 401 || reply.status === 403)
    throw new CommandError('no-access', `access denied: ${sameUser}`);
  const said = (body as { error?: unknown } | null)?.error;
  throw new CommandError(
    'no-answer',
    typeof said === 'string' ? said : `the server at ${at} is not Gatehouse (HTTP ${reply.status})`,
  );
}

function answerText({ ok, changed, version, problems }: Answer): string {
  const result = !ok
    ? `refused; policy ${version} stays in force`
    : `${changed ? '' : 'nothing changed; '}policy ${version} is in force`;
  return [...problems.map((one: Problem) => formatProblem(one)), result].join('\n');
}
