import { Command } from 'commander';
import { z } from 'zod';
import { formatProblem, type Problem } from '../policy/problem.ts';
import { readLocalToken } from '../report/access/private-file.ts';

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

/** `gatehouse reload`: the running `serve` reads its rule files again. Exit code 1 when it refuses them or does not answer. */
export function reloadCommand(): Command {
  return new Command('reload')
    .description('let the running Gatehouse read its rule files again')
    .option('--http <host:port>', 'where it listens (default: $GATEHOUSE_HTTP, else 127.0.0.1:8090)')
    .option('--json', 'for programs')
    .action(async (options: { http?: string; json?: true }, command: Command) => {
      const at = options.http ?? (process.env.GATEHOUSE_HTTP || '127.0.0.1:8090');
      const answer = await askFor(at).catch((error: unknown) =>
        command.error(`error: ${error instanceof Error ? error.message : String(error)}`, {
          exitCode: 1,
          code: 'no-answer',
        }),
      );
      if (!answer.ok) process.exitCode = 1;
      console.log(options.json ? JSON.stringify(answer) : inWords(answer));
    });
}

async function askFor(address: string): Promise<Answer> {
  const at = anywhere(address);
  const token = tokenOf(process.env.GATEHOUSE_DATA || '/var/lib/gatehouse');
  const reply = await fetch(`http://${at}/api/reload`, {
    method: 'POST',
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(deadlineMs),
  }).catch((error: unknown) => {
    const cause = (error as { cause?: { code?: string } }).cause?.code ?? String(error);
    throw new Error(`no Gatehouse answers at ${at} (${cause}); is "gatehouse serve" running?`);
  });
  const body: unknown = await reply.json().catch(() => null);
  const answer = answerShape.safeParse(body);
  if (answer.success) return answer.data;
  if (reply.status === 401 || reply.status === 403)
    throw new Error(
      'not let in: run this as the user that Gatehouse runs as (or root), with the same GATEHOUSE_DATA',
    );
  const said = (body as { error?: unknown } | null)?.error;
  throw new Error(
    typeof said === 'string' ? said : `what answers at ${at} is not Gatehouse (HTTP ${reply.status})`,
  );
}

/** What shows that we may read what Gatehouse keeps; null when we may not, or when it is not there. */
function tokenOf(dataDir: string): string | null {
  try {
    return readLocalToken(dataDir);
  } catch {
    return null;
  }
}

/** A server that listens everywhere is asked on the loopback address. */
function anywhere(address: string): string {
  return address.replace(/^0\.0\.0\.0:/, '127.0.0.1:').replace(/^\[::\]:/, '[::1]:');
}

function inWords({ ok, changed, version, problems }: Answer): string {
  const told = problems.map((one: Problem) => formatProblem(one));
  if (!ok) return [...told, `refused; policy ${version} stays in force`].join('\n');
  return [
    ...told,
    changed ? `policy ${version} is in force` : `nothing changed; policy ${version} is in force`,
  ].join('\n');
}
