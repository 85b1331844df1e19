// Run with a token directory and a token, under `ulimit -n`: prints whether the token is valid, and how often a fault was told.
import { closeSync, openSync } from 'node:fs';
import { Tokens } from '../../../src/report/access/tokens.ts';

const [dir = '', text = ''] = process.argv.slice(2);
let faults = 0;
const tokens = new Tokens(dir, () => {
  faults++;
});
const isValid = () => tokens.find(text, Date.now()) !== null;
isValid();
const taken: number[] = [];
try {
  for (;;) taken.push(openSync('/dev/null', 'r'));
} catch {
  // None is left.
}
// Another instance has not read the file yet.
const fresh = new Tokens(dir, () => {
  faults++;
});
const without = [fresh.find(text, Date.now()), fresh.find(text, Date.now())].map((found) => found !== null);
const known = isValid();
for (const fd of taken) closeSync(fd);
console.log(JSON.stringify({ known, without, after: fresh.find(text, Date.now()) !== null, faults }));
