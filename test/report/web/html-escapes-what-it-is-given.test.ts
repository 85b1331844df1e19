import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { html, said } from '../../../src/report/web/html.ts';
import { visibleText } from '../../../src/text/visible-text.ts';
import { hostile } from './page-fixture.ts';

test('markup becomes text, in an element and in an attribute', () => {
  const evil = `<img src=x onerror="alert('1')">&\``;
  expect(html`<p title="${evil}">${evil}</p>`.toString()).toBe(
    `<p title="&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;&#96;">&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;&#96;</p>`,
  );
});

test('pieces of a page stay as they are, lists are joined, nothing is nothing', () => {
  const items = [1, 2].map((n) => html`<li>${n}</li>`);
  expect(html`<ul>${items}${null}${undefined}${false}</ul>`.toString()).toBe('<ul><li>1</li><li>2</li></ul>');
});

test('what only looks like a piece of a page is escaped', () => {
  const forged = { toString: () => '<script>' } as unknown as string;
  expect(html`${forged}`.toString()).toBe('&lt;script&gt;');
});

test('text that was put together at run time is refused as a template', () => {
  const call = html as unknown as (text: string) => unknown;
  expect(() => call('<script>')).toThrow(TypeError);
  expect(() => (html as unknown as (text: string[]) => unknown)(['<script>'])).toThrow(TypeError);
});

test('escape sequences, direction marks and invisible characters are named', () => {
  expect(visibleText(hostile.ansi, 'name')).toBe('‹U+001B›[31mred‹U+001B›]0;title‹U+0007›');
  expect(visibleText(hostile.turned, 'name')).toBe('‹U+202E›gpj.exe‹U+2066› ‹U+200F›abc‹U+200B›');
  expect(visibleText('\uD800', 'name')).toBe('\uFFFD');
  expect(said('أهلا').toString()).toBe('<bdi class="said">أهلا</bdi>');
});

test('every value that is put into an attribute stands in quotes, and no page has a style or a script of its own', () => {
  const dir = join(import.meta.dirname, '../../../src/report/web');
  const files = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  expect(files.length).toBeGreaterThan(20);
  for (const file of files) {
    const source = readFileSync(join(dir, file), 'utf8');
    expect.soft(source.match(/<[^<>]*\s[\w-]+=\$\{/g), file).toBeNull();
    expect.soft(source.match(/\sstyle="|<style|<script(?! src=")|\son\w+="|javascript:/g), file).toBeNull();
  }
});
