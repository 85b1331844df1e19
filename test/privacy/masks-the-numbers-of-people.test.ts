import { describe, expect, it } from 'vitest';
import { maskNumber, maskNumbersIn } from '../../src/privacy/mask-number.ts';
import { processorMs } from '../processor-time.ts';

describe('one number', () => {
  it.each([
    ['+13175550123', '+1317•••••23'],
    ['+442079460123', '+4420••••••23'],
    ['3175550123', '317•••••23'],
    ['+1 (317) 555-0123', '+1317•••••23'],
    ['5550123', '•••••23'],
    ['12345', '•••45'],
    ['1234', '••••'],
    ['911', '•••'],
    ['', ''],
    ['+', '•'],
    ['anonymous', '•••••••us'],
    ['٠١٢٣٤٥٦٧٨٩', '٠١٢•••••٨٩'],
  ])('%s becomes %s', (number, masked) => expect(maskNumber(number)).toBe(masked));

  it('stays short however long the caller made it', () => {
    expect(maskNumber('9'.repeat(5000)).length).toBeLessThanOrEqual(31);
    expect(maskNumber('x'.repeat(5000)).length).toBeLessThanOrEqual(31);
  });

  it('is the same when masked twice', () => {
    expect(maskNumber(maskNumber('+13175550123'))).toBe('+1317•••••23');
  });
});

describe('numbers inside a text', () => {
  it.each([
    ['call from +13175550123 to +13175550199', 'call from +1317•••••23 to +1317•••••99'],
    ['"Bob" <sip:3175550123@10.0.0.1>', '"Bob" <sip:317•••••23@10.0.0.1>'],
    ['+1 317-555-0123 rang', '+1317•••••23 rang'],
    ['(317) 555-0123 rang', '317•••••23 rang'],
    ['317.555.0123', '317•••••23'],
    ['+13175550123 17 s', '+1317•••••23 17 s'],
    ['extension 4711 at 127.0.0.1:8088 on 2026-03-31', 'extension 4711 at 127.0.0.1:8088 on 2026-03-31'],
    ['tel:%2B13175550123', 'tel:%2B131••••••23'],
    ['id12345', 'id•••45'],
  ])('%s', (text, masked) => expect(maskNumbersIn(text)).toBe(masked));

  it('leaves no run of five digits in hostile text', () => {
    for (const text of [
      '+'.repeat(50_000),
      '+1 '.repeat(20_000),
      '9'.repeat(50_000),
      '(317) '.repeat(10_000),
    ]) {
      const ms = processorMs(() => expect(maskNumbersIn(text)).not.toMatch(/\d{5}/));
      expect(ms).toBeLessThan(1000);
    }
  });

  it('changes nothing that is masked already', () => {
    const masked = maskNumbersIn('call from +13175550123');
    expect(maskNumbersIn(masked)).toBe(masked);
  });
});
