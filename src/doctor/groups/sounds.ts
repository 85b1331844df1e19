import { stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { listPrompts } from '../../prompts/prompt-list.ts';
import { error, type Finding, ok, unknown, warning } from '../finding.ts';
import { quoted } from '../pasted.ts';
import type { Site } from '../site.ts';

export async function* sounds({
  asterisk: probe,
  settings,
  rules: { policy },
}: Site): AsyncGenerator<Finding> {
  if (policy === null) return;
  const out = settings.promptMedia.replace(/^sound:/, '');
  if (!isAbsolute(out) && probe === null) return;
  const data = (await probe?.config('asterisk.conf', 'directories', 'astdatadir')) || '/usr/share/asterisk';
  const dir = isAbsolute(out) ? out : join(data, 'sounds', out);
  const isThere = await stat(dir).then(
    () => true,
    (failed: NodeJS.ErrnoException) => (failed.code === 'ENOENT' ? false : null),
  );
  if (isThere === null) {
    yield unknown('sounds.prompts', `${dir} cannot be read by this user`, {
      command: `chmod a+rX ${quoted(dir)}`,
    });
    return;
  }
  const make = { command: `gatehouse prompts --out ${quoted(dir)}` };
  if (!isThere) {
    yield error('sounds.prompts', `there are no prompts in ${dir}: callers who are asked hear nothing`, make);
    return;
  }
  const { prompts } = await listPrompts({
    texts: policy.prompts,
    out: dir,
    recordings: join(settings.rules, 'recordings'),
  });
  const missing = prompts.filter(({ state }) => state === 'missing').map(({ key }) => key);
  const stale = prompts.filter(({ state }) => state === 'stale').map(({ key }) => key);
  if (missing.length > 0)
    yield error('sounds.prompts', `prompts without a sound file in ${dir}: ${missing.join(', ')}`, make);
  else if (stale.length > 0)
    yield warning('sounds.prompts', `prompts whose words have changed since: ${stale.join(', ')}`, make);
  else yield ok('sounds.prompts', `every prompt has its sound in ${dir}`);
}
