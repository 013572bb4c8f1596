import { nullTranslator } from '@jupyterlab/translation';
import { run } from '../../run/__tests__/fixtures';
import { filterRuns, groupByDay, mergeRuns, noFilter } from '../rows';

const trans = nullTranslator.load('jupyterlab_deploy');

/** A local time of November 2026, so that the test holds in every zone. */
function local(day: number, hour: number, minute = 0): string {
  return new Date(2026, 10, day, hour, minute).toISOString();
}

const now = new Date(2026, 10, 24, 12);

describe('groupByDay', () => {
  it('puts a heading before each local day', () => {
    const rows = groupByDay(
      [
        run({ id: 5, started_at: local(24, 0, 1) }),
        run({ id: 4, started_at: local(23, 23, 59) }),
        run({ id: 3, started_at: local(23, 6) }),
        run({ id: 2, started_at: local(12, 6) })
      ],
      now,
      trans
    );
    expect(
      rows.map(row => (row.kind === 'day' ? row.label : row.run.id))
    ).toEqual(['Today', 5, 'Yesterday', 4, 3, 'Thursday, Nov 12', 2]);
    expect(rows[2]).toMatchObject({ kind: 'day', count: 2 });
  });

  it('goes by the due time of what never started', () => {
    const missed = run({ started_at: null, due_at: local(23, 6) });
    expect(groupByDay([missed], now, trans)[0]).toMatchObject({
      label: 'Yesterday'
    });
  });

  it('is empty without runs', () => {
    expect(groupByDay([], now, trans)).toEqual([]);
  });
});

describe('filterRuns', () => {
  const runs = [
    run({
      id: 12,
      parameters: { region: 'EU' },
      state: 'failed',
      reason: 'No file'
    }),
    run({ id: 11, parameters: { region: 'us' }, trigger: 'schedule' }),
    run({ id: 1 })
  ];
  const ids = (part: object): number[] =>
    filterRuns(runs, { ...noFilter, ...part }).map(one => one.id);

  it('keeps everything without a filter', () => {
    expect(ids({ text: '  ' })).toEqual([12, 11, 1]);
  });

  it('filters by state and trigger', () => {
    expect(ids({ state: 'failed' })).toEqual([12]);
    expect(ids({ trigger: 'schedule' })).toEqual([11]);
    expect(ids({ state: 'failed', trigger: 'schedule' })).toEqual([]);
  });

  it('wants every word, in any case, anywhere', () => {
    expect(ids({ text: 'region=eu file' })).toEqual([12]);
    expect(ids({ text: 'region' })).toEqual([12, 11]);
    expect(ids({ text: '#1' })).toEqual([12, 11, 1]);
    expect(ids({ text: '#11' })).toEqual([11]);
    expect(ids({ text: 'eu us' })).toEqual([]);
  });
});

describe('mergeRuns', () => {
  it('takes news of known runs and keeps the newest first', () => {
    const merged = mergeRuns(
      [run({ id: 2, state: 'running' }), run({ id: 1 })],
      [run({ id: 3 }), run({ id: 2, state: 'failed' })]
    );
    expect(merged.map(one => [one.id, one.state])).toEqual([
      [3, 'succeeded'],
      [2, 'failed'],
      [1, 'succeeded']
    ]);
  });
});
