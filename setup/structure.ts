import { resolve } from 'node:path';
import { importProblems } from './import-problems.ts';
import { sizeProblems } from './size-problems.ts';

/** Tells what is wrong with the imports and the sizes of src, a line each; the tree may be given, else it is our own. */
const root = process.argv[2] ?? resolve(import.meta.dirname, '..');
const problems = [...(await importProblems(root)), ...(await sizeProblems(root))];
for (const problem of problems) console.log(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
