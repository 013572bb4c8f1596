import { nullTranslator } from '@jupyterlab/translation';
import type { ILastRun } from '../../../tokens';
import { summary } from '../../deploy/__tests__/fixtures';
import { run } from '../../run/__tests__/fixtures';
import { arrange, lastResult, nextFire } from '../order';

const trans = nullTranslator.load('jupyterlab_deploy');
const now = new Date(2026, 10, 24, 12);
const at = (day: number, hour: number): string =>
  new Date(2026, 10, day, hour, 2).toISOString();

function last(part: Partial<ILastRun>): ILastRun {
  return { ...run({ ended_at: at(24, 6) }), ...part };
}

describe('arrange', () => {
  const list = [
    summary({ name: 'b-fine', last_run: last({}) }),
    summary({ name: 'a-never' }),
    summary({
      name: 'warned',
      last_run: last({ verdict: 'succeeded_with_warnings' })
    }),
    summary({ name: 'late', last_run: last({ state: 'missed' }) }),
    summary({
      name: 'broken',
      notebook: 'Sales/Report.ipynb',
      last_run: last({ state: 'failed' })
    })
  ];
  const names = (text: string): string[] =>
    arrange(list, text).map(item => item.name);

  it('puts what needs attention first, then goes by name', () => {
    expect(names('')).toEqual([
      'broken',
      'late',
      'warned',
      'a-never',
      'b-fine'
    ]);
  });

  it('wants every word, in name or notebook, in any case', () => {
    expect(names('sales')).toEqual(['broken']);
    expect(names('REPORT bro')).toEqual(['broken']);
    expect(names('report fine')).toEqual([]);
  });

  it('leaves the list as it was', () => {
    arrange(list, '');
    expect(list[0].name).toBe('b-fine');
  });
});

describe('lastResult', () => {
  const said = (part: Partial<ILastRun>): string =>
    lastResult(last(part), now, trans);

  it.each<[string, Partial<ILastRun>]>([
    ['ok today 06:02, 12 s', {}],
    ['warning, today 06:02, 12 s', { verdict: 'succeeded_with_warnings' }],
    ['failed in cell 5, today 06:02', { state: 'failed', cell: 4 }],
    ['failed, yesterday 06:02', { state: 'failed', ended_at: at(23, 6) }],
    ['cancelled today 06:02', { state: 'cancelled' }],
    ['missed today 06:02', { state: 'missed' }],
    ['skipped today 06:02', { state: 'skipped' }],
    ['waiting to start', { state: 'queued' }],
    ['running, the kernel starts', { state: 'running' }],
    [
      'running, the kernel starts',
      { state: 'running', progress: { cell: 0, cells: 9 } }
    ],
    [
      'running, cell 7 of 9',
      { state: 'running', progress: { cell: 7, cells: 9 } }
    ]
  ])('says “%s”', (text, part) => {
    expect(said(part)).toBe(text);
  });

  it('says when there was none', () => {
    expect(lastResult(null, now, trans)).toBe('never run yet');
  });
});

describe('nextFire', () => {
  it('says the next time, or why there is none', () => {
    const next_fires = [at(25, 6), at(26, 6)];
    const said = (part: object): string => nextFire(summary(part), now, trans);
    expect(said({ next_fires })).toBe('tomorrow 06:02');
    expect(said({ next_fires, paused: true })).toBe('paused');
    expect(said({})).toBe('');
  });
});
