import { formatMetric, metricRows } from '../metrics';

const words = { fresh: 'new', was: (value: string) => `was ${value}` };

it.each([
  [0.912345678, '0.912346'],
  [1204, '1,204'],
  ['nan', 'NaN'],
  ['inf', '∞'],
  ['-inf', '−∞']
] as const)('shows %s as %s', (value, shown) => {
  expect(formatMetric(value)).toBe(shown);
});

it('says how each metric changed, what changed first', () => {
  const now = { same: 1, auc: 0.9, worst: 'nan', fresh: 2 } as const;
  const before = { same: 1, auc: 0.85, worst: 3, gone: 4 };
  const rows = metricRows(now, before, words);
  expect(rows.map(row => [row.name, row.change])).toEqual([
    ['auc', '+0.05'],
    ['worst', 'was 3'],
    ['fresh', 'new'],
    ['same', '']
  ]);
});

it('says no change where NaN stays NaN or nothing is to compare with', () => {
  const rows = metricRows({ worst: 'nan' }, { worst: 'nan' }, words);
  expect(rows[0].changed).toBe(false);
  expect(metricRows({ auc: 1 }, null, words)[0].change).toBe('');
});

it('takes rounding for no change', () => {
  const rows = metricRows({ auc: 0.1 + 0.2 }, { auc: 0.3 }, words);
  expect(rows[0].change).toBe('');
});

it('keeps the order of hundreds', () => {
  const many = Array.from({ length: 500 }, (_, n) => [`m${n}`, n] as const);
  const rows = metricRows(Object.fromEntries(many), null, words);
  expect(rows.map(row => row.name)).toEqual(many.map(([name]) => name));
});
