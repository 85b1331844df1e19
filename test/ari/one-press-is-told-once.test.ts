import { expect, test } from 'vitest';
import { RepeatedPresses } from '../../src/ari/repeated-presses.ts';

/** digit, released at (ms), held for (ms), is it the press that was told before */
type Press = readonly [string, number, number, boolean];

const cases: readonly [string, readonly Press[]][] = [
  [
    'two presses of a person',
    [
      ['1', 1000, 120, false],
      ['1', 1500, 120, false],
    ],
  ],
  [
    'event and INFO at the same moment',
    [
      ['1', 1000, 160, false],
      ['1', 1000, 160, true],
    ],
  ],
  [
    'event and INFO, the INFO without a duration and late',
    [
      ['1', 1000, 160, false],
      ['1', 1140, 0, true],
    ],
  ],
  [
    'the INFO first, sent as the key goes down',
    [
      ['1', 1000, 0, false],
      ['1', 1600, 600, true],
    ],
  ],
  [
    'a key that bounces 60 ms later',
    [
      ['4', 1000, 160, false],
      ['4', 1220, 160, true],
    ],
  ],
  [
    'a key that bounces twice',
    [
      ['4', 1000, 50, false],
      ['4', 1110, 50, true],
      ['4', 1220, 50, true],
    ],
  ],
  [
    '150 ms apart is another press',
    [
      ['4', 1000, 100, false],
      ['4', 1250, 100, false],
    ],
  ],
  [
    '149 ms apart is not',
    [
      ['4', 1000, 100, false],
      ['4', 1249, 100, true],
    ],
  ],
  [
    'two keys doubled by two roads, in turn',
    [
      ['4', 1000, 80, false],
      ['9', 1090, 80, false],
      ['4', 1100, 80, true],
      ['9', 1190, 80, true],
    ],
  ],
  [
    'the slower road tells both later',
    [
      ['4', 1000, 80, false],
      ['4', 1120, 80, true],
      ['9', 1500, 80, false],
      ['9', 1630, 80, true],
    ],
  ],
  [
    'told in the wrong order',
    [
      ['4', 1100, 80, false],
      ['4', 1000, 80, true],
    ],
  ],
  [
    'different keys at once are different',
    [
      ['4', 1000, 100, false],
      ['5', 1000, 100, false],
    ],
  ],
  [
    'the same digits by a person who is quick',
    [
      ['3', 1000, 70, false],
      ['3', 1240, 70, false],
    ],
  ],
];

test.each(cases)('%s', (_, presses) => {
  const keys = new RepeatedPresses();
  const repeated = presses.map(([digit, at, heldMs]) => keys.isRepeated(digit, at, heldMs));
  expect(repeated).toEqual(presses.map(([, , , again]) => again));
});
