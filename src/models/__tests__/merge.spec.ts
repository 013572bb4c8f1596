import { summary } from '../../components/deploy/__tests__/fixtures';
import { run } from '../../components/run/__tests__/fixtures';
import { mergeRunning, someUnderWay } from '../merge';

const progress = { cell: 3, cells: 9 };

describe('someUnderWay', () => {
  it('counts what waits and what runs', () => {
    const some = (state?: 'queued' | 'running' | 'failed'): boolean =>
      someUnderWay([summary({ last_run: state ? run({ state }) : null })]);
    expect(some('queued')).toBe(true);
    expect(some('running')).toBe(true);
    expect(some('failed')).toBe(false);
    expect(some()).toBe(false);
  });
});

describe('mergeRunning', () => {
  const running = summary({ last_run: run({ id: 7, state: 'running' }) });

  it('takes the progress of the last run', () => {
    const merged = mergeRunning(
      [running],
      [run({ id: 7, state: 'running', progress })]
    );
    expect(merged.deployments[0].last_run?.progress).toEqual(progress);
    expect(merged.stale).toBe(false);
  });

  it('knows that a run has ended when it is not among them', () => {
    const merged = mergeRunning([running], []);
    expect(merged).toEqual({ deployments: [running], stale: true });
  });

  it('knows that another run has started', () => {
    const fine = summary({ last_run: run({ id: 7 }) });
    const news = run({ id: 8, state: 'running' });
    expect(mergeRunning([fine], [news]).stale).toBe(true);
    expect(mergeRunning([summary()], [news]).stale).toBe(true);
  });

  it('passes over older runs and those of deleted deployments', () => {
    const older = run({ id: 6, state: 'running' });
    const gone = run({ id: 9, state: 'running', deployment: 'gone' });
    const own = run({ id: 7, state: 'running' });
    expect(mergeRunning([running], [own, older, gone]).stale).toBe(false);
  });
});
