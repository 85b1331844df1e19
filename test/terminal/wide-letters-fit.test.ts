import { describe, expect, it } from 'vitest';
import { fittedTable } from '../../src/terminal/fitted-table.ts';
import { fittingText, plainScreen, textWidth } from '../../src/terminal/screen.ts';

const names = ['王小明 病院', '김철수', '📞📞📞 CALL', 'e\u0301'.repeat(12), 'ACME SUPPLY CO', ''];

describe('letters that a terminal draws two columns wide, or none', () => {
  it('leave what stands beside them in its column', () => {
    const columns = [
      { title: 'name', atLeast: 8, goes: 1 },
      { title: 'end', goes: 0 },
    ];
    for (const width of [14, 20, 80]) {
      const { line } = fittedTable(
        columns,
        names.map((name) => [name, 'end']),
        { ...plainScreen, width },
      );
      const lines = names.map((name) => line([name, 'end']));
      const before = lines.map((text) => textWidth(text.slice(0, -'end'.length)));
      expect(new Set(before).size).toBe(1);
      expect(lines.every((text) => textWidth(text) <= width)).toBe(true);
    }
  });

  it('are cut where they would need more columns than there are', () => {
    expect(fittingText('王小明 病院', 5)).toBe('王小…');
    expect(fittingText('王小明 病院', 11)).toBe('王小明 病院');
    for (const name of names)
      for (let width = 1; width < 16; width++)
        expect(textWidth(fittingText(name, width))).toBeLessThanOrEqual(width);
  });

  it('stay whole for a file', () => {
    expect(fittingText('王小明', Number.POSITIVE_INFINITY)).toBe('王小明');
  });
});
