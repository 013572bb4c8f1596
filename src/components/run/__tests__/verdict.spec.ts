import { nullTranslator } from '@jupyterlab/translation';
import type { IRun } from '../../common/types';
import { cellNumber, isOpen, verdictSentence } from '../verdict';
import { START, run } from './fixtures';

const trans = nullTranslator.load('jupyterlab_deploy');
const now = new Date(Date.parse(START) + 12_400);

function sentence(part: Partial<IRun>): string {
  return verdictSentence(run(part), trans, now);
}

describe('verdictSentence', () => {
  it('says how long a good run took', () => {
    expect(sentence({})).toBe('Succeeded in 12 s.');
  });

  it('says when a failed attempt is followed by another one', () => {
    const attempt = {
      fence: 1,
      engine: null,
      executor: 'local',
      outcome: 'runner died',
      started_at: START,
      ended_at: START
    };
    expect(
      sentence({
        state: 'queued',
        verdict: null,
        attempts: [attempt],
        not_before: new Date(now.getTime() + 40_000).toISOString(),
        reason: 'The runner died.'
      })
    ).toBe(
      'Attempt 1 failed, the next one starts in 40 seconds: The runner died.'
    );
  });

  it('names a warning', () => {
    expect(
      sentence({
        verdict: 'succeeded_with_warnings',
        reason: 'Cell 3 wrote 12 MB of text.'
      })
    ).toBe('Finished with a warning after 12 s: Cell 3 wrote 12 MB of text.');
  });

  it('names the failing cell, the time and the reason once', () => {
    expect(
      sentence({
        state: 'failed',
        verdict: 'failed',
        cell: 4,
        duration: 184,
        reason: "NameError: name 'x' is not defined"
      })
    ).toBe(
      "Failed in cell 5 after 3 min 04 s: NameError: name 'x' is not defined."
    );
  });

  it('does without a cell, without a start and without a reason', () => {
    const failed = { state: 'failed', verdict: 'failed' } as const;
    expect(sentence({ ...failed, reason: 'The kernel died.' })).toBe(
      'Failed after 12 s: The kernel died.'
    );
    expect(sentence({ ...failed, started_at: null, reason: 'No kernel' })).toBe(
      'Failed before it started: No kernel.'
    );
    expect(sentence(failed)).toBe('Failed after 12 s.');
  });

  it('keeps to the first line of a reason', () => {
    expect(
      sentence({ state: 'failed', verdict: 'failed', reason: 'One.\nTwo.' })
    ).toBe('Failed after 12 s: One.');
  });

  it('shows progress and elapsed time while running', () => {
    const running = {
      state: 'running',
      verdict: null,
      duration: null
    } as const;
    expect(sentence({ ...running, progress: { cell: 7, cells: 23 } })).toBe(
      'Running: cell 7 of 23, 12 s'
    );
    expect(sentence({ ...running, progress: { cell: 0, cells: 23 } })).toBe(
      'Running: the kernel is starting, 12 s'
    );
  });

  it('tells waiting from cancelling before and after the start', () => {
    expect(sentence({ state: 'queued', started_at: null })).toBe(
      'Queued for 12 s, starts as soon as there is room.'
    );
    expect(sentence({ state: 'cancelled', duration: 3 })).toBe(
      'Cancelled after 3.0 s.'
    );
    expect(
      sentence({
        state: 'cancelled',
        started_at: null,
        reason: 'Cancelled before it started.'
      })
    ).toBe('Cancelled before it started.');
    expect(
      sentence({
        state: 'cancelled',
        duration: 3,
        cell: 8,
        reason: 'Cancelled in cell 9; the outputs so far are kept.'
      })
    ).toBe('Cancelled in cell 9 after 3.0 s: the outputs so far are kept.');
    expect(
      sentence({
        state: 'cancelled',
        duration: 3,
        reason: 'Cancelled: the deployment was deleted.'
      })
    ).toBe('Cancelled after 3.0 s: the deployment was deleted.');
  });

  it('explains what never ran', () => {
    expect(sentence({ state: 'skipped', reason: 'Run 6 was under way.' })).toBe(
      'Skipped: Run 6 was under way.'
    );
    expect(sentence({ state: 'missed' })).toBe('Missed.');
  });
});

it('counts cells from 1', () => {
  expect(cellNumber(0)).toBe(1);
  expect(cellNumber(null)).toBeNull();
});

it('knows which runs may still change', () => {
  const states = ['queued', 'running', 'succeeded', 'missed'] as const;
  expect(states.filter(state => isOpen({ state }))).toEqual([
    'queued',
    'running'
  ]);
});
