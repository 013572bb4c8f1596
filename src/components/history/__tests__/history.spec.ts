import { nullTranslator } from '@jupyterlab/translation';
import {
  countStates,
  historySentence,
  markOf,
  pastRuns,
  weeksOf
} from '../history';
import type { ICellHistory, IHistory } from '../history';
import { metricPoints, orderMetrics } from '../metrics';

const trans = nullTranslator.load('');
const NOW = new Date('2026-11-24T12:00:00Z');

type IRuns = IHistory['runs'];

/** Runs of these states, the newest first, one a day at noon. */
function history(
  states: IRuns['state'],
  part: Partial<IHistory> = {}
): IHistory {
  const each = <T>(value: (index: number) => T): T[] =>
    states.map((_, index) => value(index));
  return {
    deployment: 'churn',
    usual: 840,
    failing: null,
    runs: {
      id: each(index => states.length - index),
      version: each(() => 1),
      state: states,
      verdict: each(() => null),
      at: each(index => `2026-11-${24 - index}T12:00:00Z`),
      due: each(index => states[index] !== 'cancelled'),
      seconds: each(index => 10 + index),
      cell: each(() => null),
      reason: each(() => null)
    },
    matrix: { runs: [], cells: [] },
    more: false,
    ...part
  };
}

it('says in a sentence since when it fails', () => {
  const failing = {
    cell: 4,
    since: { run: 41, at: '2026-11-23T12:00:00Z', cell: 4 },
    runs: 2,
    last_good: { run: 40, at: '2026-11-22T12:00:00Z' }
  };
  const text = historySentence(history(['failed'], { failing }), NOW, trans);
  expect(text).toMatch(/^Fails in cell 5 since yesterday \d\d:00 \(run 41\)\./);
  expect(text).toContain('The last good one was run 40.');
  expect(text).toContain('A good run takes 14 min 00 s.');
  const moved = { ...failing, cell: 5 };
  expect(
    historySentence(history(['failed'], { failing: moved }), NOW, trans)
  ).toMatch(/^Fails since yesterday .* Now it is cell 6\./);
  const never = { ...failing, cell: null, last_good: null };
  expect(
    historySentence(history(['failed'], { failing: never }), NOW, trans)
  ).toContain('No run before was good.');
});

it('says what a good run takes, that none has ended or run', () => {
  expect(historySentence(history(['succeeded']), NOW, trans)).toBe(
    'A good run takes 14 min 00 s.'
  );
  expect(
    historySentence(history(['queued'], { usual: null }), NOW, trans)
  ).toBe('No run has ended yet.');
  expect(historySentence(history([]), NOW, trans)).toBe('Nothing has run yet.');
});

it.each([
  ['error', 1, 'failed'],
  ['unfinished', 0, 'unfinished'],
  ['skipped', 0, 'skipped'],
  [null, null, 'none'],
  ['ok', 40, 'usual'],
  ['ok', 70, 'slow'],
  ['ok', 200, 'slower']
])('marks a cell that ended %s after %s s as %s', (status, seconds, mark) => {
  const row: ICellHistory = {
    cell: 1,
    title: '',
    usual: 40,
    seconds: [seconds],
    status: [status]
  };
  expect(markOf(row, 0)).toBe(mark);
});

it('never takes a short cell for slow', () => {
  const row = {
    cell: 1,
    title: '',
    usual: 0.001,
    seconds: [0.9],
    status: ['ok']
  };
  expect(markOf(row, 0)).toBe('usual');
});

it('has the weeks of a month, Monday first, with what was due', () => {
  const runs = pastRuns(history(['failed', 'missed', 'cancelled']));
  const weeks = weeksOf(NOW, runs);
  expect(weeks[0].map(day => day.date.getDate()).slice(-1)).toEqual([1]);
  expect(weeks.flat().filter(day => day.inMonth)).toHaveLength(30);
  const due = weeks.flat().filter(day => day.runs.length > 0);
  expect(due.map(day => day.date.getDate())).toEqual([23, 24]);
  expect(countStates(runs)).toEqual([
    ['failed', 1],
    ['missed', 1],
    ['cancelled', 1]
  ]);
});

it('draws metrics of known runs, and gaps where there is no number', () => {
  const runs = pastRuns(history(['succeeded', 'failed']));
  const value = (run: number, of: number | string) => ({
    run,
    at: null,
    value: of,
    cell: null
  });
  const series = {
    name: 'auc',
    unit: null,
    source: 'sdk' as const,
    values: [value(1, 0.5), value(2, 'nan'), value(99, 1)]
  };
  const points = metricPoints(series, runs);
  expect(points.map(one => [one.run, one.value, one.failed])).toEqual([
    [1, 0.5, true],
    [2, null, false]
  ]);
  const shown = { ...series, name: 'a', source: 'shown' as const };
  expect(orderMetrics([shown, series]).map(one => one.name)).toEqual([
    'auc',
    'a'
  ]);
});
