import { spawn } from 'node:child_process';

export type PromptRenderErrorCode =
  | 'tool-missing'
  | 'tool-failed'
  | 'deadline'
  | 'bad-name'
  | 'no-words'
  | 'bad-command';

/** Why prompts could not be rendered; the message says what to do. */
export class PromptRenderError extends Error {
  readonly code: PromptRenderErrorCode;
  constructor(code: PromptRenderErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'PromptRenderError';
    this.code = code;
  }
}

export interface Tool {
  readonly program: string;
  /** The Debian package with it; null: unknown. */
  readonly debianPackage: string | null;
}

const maxComplaint = 500;

/**
 * Runs a program without a shell, `input` as its stdin, and waits for its end.
 * @throws PromptRenderError `tool-missing`, `tool-failed` (with its stderr) or `deadline` (it was killed)
 */
export function runTool(
  tool: Tool,
  args: readonly string[],
  input: string,
  deadlineMs: number,
): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(tool.program, args, { stdio: ['pipe', 'ignore', 'pipe'] });
    let complaint = '';
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, deadlineMs);
    const refuse = (code: PromptRenderErrorCode, text: string, cause?: unknown) =>
      fail(new PromptRenderError(code, text, cause));
    child.stderr.on('data', (chunk) => {
      complaint = (complaint + chunk).slice(0, maxComplaint);
    });
    // The program may end before it has read everything.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    child.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      if (error.code !== 'ENOENT')
        return refuse('tool-failed', `${tool.program} cannot be run: ${error.message}`, error);
      const remedy =
        tool.debianPackage === null
          ? 'Install it, or name another command'
          : `Install it: on Debian apt-get install ${tool.debianPackage}`;
      refuse('tool-missing', `${tool.program} is not installed. ${remedy}`, error);
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      if (late) refuse('deadline', `${tool.program} did not end within ${deadlineMs} ms`);
      else if (code === 0) done();
      else refuse('tool-failed', `${tool.program} ended with ${code ?? signal}: ${complaint.trim()}`);
    });
  });
}
