import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { auditResult } from '../../setup/known-vulnerabilities.ts';
import { allowedPackages, licenseProblems } from '../../setup/license-problems.ts';

const lockfile = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  packages: Record<string, { license?: string; dev?: boolean }>;
};
const withPackage = (path: string, locked: { license?: string; dev?: boolean }) => ({
  packages: { ...lockfile.packages, [path]: locked },
});

it('everything that runs has a license that only asks to be named', () => {
  expect(Object.keys(lockfile.packages).length).toBeGreaterThan(100);
  expect(licenseProblems(lockfile)).toEqual([]);
});

it('another license, or none, is a problem; what only developing needs may have any', () => {
  expect(licenseProblems(withPackage('node_modules/x', { license: 'AGPL-3.0' }))).toEqual([
    'node_modules/x: its license is AGPL-3.0',
  ]);
  expect(licenseProblems(withPackage('node_modules/a/node_modules/x', {}))).toEqual([
    'node_modules/a/node_modules/x: its license is none',
  ]);
  expect(licenseProblems(withPackage('node_modules/x', { license: 'AGPL-3.0', dev: true }))).toEqual([]);
});

it('an exception holds for one package and one license, and goes when nobody needs it', () => {
  expect(licenseProblems(withPackage('node_modules/y', { license: 'Apache2' }))).toHaveLength(1);
  expect(licenseProblems({ packages: {} })).toHaveLength(Object.keys(allowedPackages).length);
});

it('a registry that refuses or is silent is no vulnerability, and no all-clear either', () => {
  for (const answer of ['', '{"message":"405 Method Not Allowed"', '{"message":"405 Method Not Allowed"}']) {
    const { lines, vulnerable } = auditResult(answer);
    expect(vulnerable).toBe(null);
    expect(lines).toEqual(['known vulnerabilities: not checked, the registry does not answer']);
  }
});

it('what the registry knows is named, the worst first', () => {
  const of = (severity: string) => ({ severity, range: '<2.0.0', via: [] });
  const answer = { auditReportVersion: 2, vulnerabilities: { ws: of('moderate'), undici: of('critical') } };
  expect(auditResult(JSON.stringify(answer))).toEqual({
    lines: ['critical: undici <2.0.0', 'moderate: ws <2.0.0'],
    vulnerable: true,
  });
  expect(auditResult('{"vulnerabilities":{}}')).toEqual({
    lines: ['known vulnerabilities: none'],
    vulnerable: false,
  });
});
