import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** Licenses that everything which runs in production may have: they ask for no more than to be named. SPDX, as package-lock.json has them. */
export const allowedLicenses: readonly string[] = [
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT-0',
  'PSF-2.0',
  'Unlicense',
];

/** Packages that write it in another way, or have another one, and why that is allowed. */
export const allowedPackages: Readonly<Record<string, string>> = {
  'btoa Apache2': 'Apache-2.0 in an old writing',
  'swagger-client apache 2.0': 'Apache-2.0 in an old writing',
  'date-holidays (ISC AND CC-BY-3.0)':
    'ISC; its data are CC BY-SA 3.0 as its README says, and are passed on as they are',
};

interface LockedPackage {
  readonly license?: string;
  readonly dev?: boolean;
}

/** What is wrong with the licenses of the packages that run, a line each. `lockfile`: package-lock.json, version 3. */
export function licenseProblems(lockfile: {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}): string[] {
  const used = new Set<string>();
  const problems = Object.entries(lockfile.packages).flatMap(([path, { license = 'none', dev }]) => {
    if (path === '' || dev || allowedLicenses.includes(license)) return [];
    const named = `${path.replace(/^.*node_modules\//, '')} ${license}`;
    if (!Object.hasOwn(allowedPackages, named)) return [`${path}: its license is ${license}`];
    used.add(named);
    return [];
  });
  const unneeded = Object.keys(allowedPackages).filter((named) => !used.has(named));
  return [
    ...problems,
    ...unneeded.map((named) => `setup/license-problems.ts: nothing is “${named}” any more`),
  ];
}

if (import.meta.main) {
  const lockfile = resolve(import.meta.dirname, '..', 'package-lock.json');
  const problems = licenseProblems(JSON.parse(readFileSync(lockfile, 'utf8')));
  for (const problem of problems) console.log(problem);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
