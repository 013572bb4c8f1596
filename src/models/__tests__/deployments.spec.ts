import type { Event } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';
import { ApiError } from '../../api/client';
import type { DeployApi } from '../../api/client';
import { summary } from '../../components/deploy/__tests__/fixtures';
import { run } from '../../components/run/__tests__/fixtures';
import { DeployModel, TRANSITION_SCHEMA } from '../deployments';

const api = {
  health: jest.fn(),
  deployments: jest.fn(),
  runs: jest.fn()
};

describe('DeployModel', () => {
  const events = new Signal<object, Event.Emission>({});
  let model: DeployModel;

  const emit = (part: object, schema_id = TRANSITION_SCHEMA): void =>
    events.emit({ schema_id, ...part } as unknown as Event.Emission);
  const pass = (milliseconds: number): Promise<void> =>
    jest.advanceTimersByTimeAsync(milliseconds);

  const refreshed = async (): Promise<void> => {
    const done = model.refresh();
    await pass(100);
    await done;
  };

  beforeEach(() => {
    jest.useFakeTimers();
    jest.resetAllMocks();
    api.health.mockResolvedValue({ running: true });
    api.deployments.mockResolvedValue([summary()]);
    api.runs.mockResolvedValue({ runs: [], next: null });
    model = new DeployModel({ api: api as unknown as DeployApi, events });
  });

  afterEach(() => {
    model.dispose();
    jest.useRealTimers();
  });

  it('asks nothing while nobody watches', async () => {
    emit({ run: 7, deployment: 'churn' });
    await pass(60_000);
    expect(api.health).not.toHaveBeenCalled();
    expect(model.state).toBe('loading');
  });

  it('reads when somebody watches, and again from time to time', async () => {
    const watch = model.watch();
    await pass(100);
    expect(model.state).toBe('ready');
    expect(model.deployments).toHaveLength(1);
    await pass(31_000);
    expect(api.deployments).toHaveBeenCalledTimes(2);
    watch.dispose();
    await pass(120_000);
    expect(api.deployments).toHaveBeenCalledTimes(2);
  });

  it('reads once after a burst of events and passes each on', async () => {
    model.watch();
    await pass(100);
    const heard = jest.fn();
    model.runChanged.connect((_, change) => heard(change));
    emit({ run: 7, deployment: 'churn' });
    emit({ run: 8, deployment: null });
    emit({ run: null, deployment: 'churn' });
    emit({ run: 9 }, 'https://events.jupyter.org/other');
    await pass(1000);
    expect(heard.mock.calls).toEqual([
      [{ run: 7, deployment: 'churn' }],
      [{ run: 8, deployment: null }]
    ]);
    expect(api.deployments).toHaveBeenCalledTimes(2);
  });

  it('does not wake an engine that rests', async () => {
    model.watch();
    await pass(100);
    api.health.mockResolvedValue({ running: false });
    await refreshed();
    expect(model.engine?.running).toBe(false);
    expect(model.deployments).toHaveLength(1);
    expect(api.deployments).toHaveBeenCalledTimes(1);
  });

  it('keeps the list while nothing answers, and recovers', async () => {
    model.watch();
    await pass(100);
    const error = new ApiError({ detail: 'Nobody there.' });
    api.health.mockRejectedValueOnce(error);
    await refreshed();
    expect(model.state).toBe('unreachable');
    expect(model.error).toBe(error);
    expect(model.deployments).toHaveLength(1);
    await refreshed();
    expect(model.state).toBe('ready');
    expect(model.error).toBeNull();
  });

  it.each([404, 501])(
    'knows a server without deployments by %d',
    async status => {
      api.health.mockRejectedValue(new ApiError({ detail: 'No.', status }));
      model.watch();
      await pass(100);
      expect(model.state).toBe('unsupported');
    }
  );

  it('follows what runs, and only then', async () => {
    api.deployments.mockResolvedValue([
      summary({ last_run: run({ id: 7, state: 'running' }) })
    ]);
    const progress = { cell: 3, cells: 9 };
    api.runs.mockResolvedValue({
      runs: [run({ id: 7, state: 'running', progress })],
      next: null
    });
    model.watch();
    await pass(2500);
    expect(api.runs.mock.calls.length).toBeGreaterThanOrEqual(2);
    expect(model.deployments[0].last_run?.progress).toEqual(progress);
    expect(api.deployments).toHaveBeenCalledTimes(1);

    api.runs.mockResolvedValue({ runs: [], next: null });
    api.deployments.mockResolvedValue([summary({ last_run: run({ id: 7 }) })]);
    await pass(2000);
    expect(model.deployments[0].last_run?.state).toBe('succeeded');
    const asked = api.runs.mock.calls.length;
    await pass(10_000);
    expect(api.runs.mock.calls.length).toBe(asked);
  });

  it('asks again when asked while it reads', async () => {
    model.watch();
    await pass(100);
    let answer: (status: object) => void = () => undefined;
    api.health.mockReturnValueOnce(new Promise(resolve => (answer = resolve)));
    emit({ run: 7, deployment: 'churn' });
    await pass(500);
    emit({ run: 8, deployment: 'churn' });
    answer({ running: true });
    await pass(1000);
    expect(api.deployments).toHaveBeenCalledTimes(3);
  });

  it('is silent once disposed of', async () => {
    model.watch();
    await pass(100);
    const heard = jest.fn();
    model.changed.connect(heard);
    model.dispose();
    emit({ run: 7, deployment: 'churn' });
    await pass(60_000);
    expect(heard).not.toHaveBeenCalled();
    expect(api.health).toHaveBeenCalledTimes(1);
  });
});
