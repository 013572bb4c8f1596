import { nullTranslator } from '@jupyterlab/translation';
import type { IBar } from '../cells';
import { isSlow, outlook, secondsLeft, usualByCell } from '../usual';

const trans = nullTranslator.load('');
const NOW = new Date('2026-11-24T12:01:00Z');

function bar(source: number, part: Partial<IBar> = {}): IBar {
  return {
    source,
    phase: 'waiting',
    seconds: null,
    startedAt: null,
    usual: 40,
    ...part
  };
}

function running(startedAt: string, usual: number | null = 40): IBar {
  return bar(6, { phase: 'running', startedAt, usual });
}

it('knows the cells that a good run has executed', () => {
  const cells = [
    { cell: 1, seconds: 2 },
    { cell: 3, seconds: null }
  ];
  const usual = usualByCell({ seconds: 9, runs: 2, cells });
  expect([...usual]).toEqual([[1, 2]]);
  expect(usualByCell(null).size).toBe(0);
});

it('says how long the cell usually takes and how much is left', () => {
  const bars = [
    bar(1, { phase: 'ok', seconds: 3 }),
    running('2026-11-24T12:00:50Z'),
    bar(7)
  ];
  expect(secondsLeft(bars, NOW)).toBe(70);
  expect(outlook(bars, NOW, trans)).toBe(
    'Cell 7 usually takes 40 s · about 1 min 10 s left'
  );
});

it('says that a cell is slow, and promises nothing it does not know', () => {
  const bars = [running('2026-11-24T11:59:00Z'), bar(7, { usual: null })];
  expect(outlook(bars, NOW, trans)).toBe(
    'Cell 7 takes longer than usual (40 s)'
  );
  expect(secondsLeft(bars, NOW)).toBeNull();
});

it('says nothing where nothing runs or is known', () => {
  expect(outlook([bar(1)], NOW, trans)).toBe('');
  expect(outlook([running('2026-11-24T12:00:50Z', null)], NOW, trans)).toBe('');
});

it.each([
  [0.9, 0.1, false],
  [50, 40, false],
  [61, 40, true],
  [61, null, false],
  [null, 40, false]
])('takes %s s for slow where %s s are usual: %s', (seconds, usual, slow) => {
  expect(isSlow(seconds, usual)).toBe(slow);
});
