import type { SettingsResult } from '../../config/settings.ts';
import { error, type Finding, ok, warning } from '../finding.ts';

export function* settings(read: SettingsResult): Generator<Finding> {
  const problems = read.ok ? read.settings.problems : read.problems;
  for (const { name, message, remedy } of problems)
    yield (read.ok ? warning : error)(`settings.${name}`, `${name}: ${message}`, remedy);
  const odd = read.ok ? read.warnings : [];
  for (const { name, message, remedy } of odd)
    yield warning(`settings.${name}`, `${name}: ${message}`, remedy);
  if (problems.length + odd.length === 0) yield ok('settings.valid', 'every setting can be read');
}
