import { nullTranslator } from '@jupyterlab/translation';
import { ApiError } from '../../../api/client';
import type { DeployApi, ISchedulePreview } from '../../../api/client';
import { DeployDraft } from '../draft';
import { deployment, file, inspection, parameter, summary } from './fixtures';

const preview: ISchedulePreview = {
  cron: '0 6 * * mon-fri',
  timezone: 'UTC',
  text: 'At 06:00',
  next_fires: []
};

const api = {
  inspect: jest.fn(),
  deployment: jest.fn(),
  previewSchedule: jest.fn(),
  deploy: jest.fn(),
  run: jest.fn()
};

const edit = jest.fn();

function wrong(field: string | null, detail = 'Wrong.'): ApiError {
  return new ApiError({ detail, field, hint: 'Mend it.', status: 422 });
}

async function loaded(): Promise<DeployDraft> {
  const draft = new DeployDraft({
    api: api as unknown as DeployApi,
    notebook: 'work/churn.ipynb',
    deployments: () => [summary({ name: 'other', version: 7 })],
    timezone: 'UTC',
    edit,
    trans: nullTranslator.load('jupyterlab_deploy')
  });
  await draft.load();
  return draft;
}

describe('DeployDraft', () => {
  let draft: DeployDraft;

  beforeEach(async () => {
    jest.useFakeTimers();
    jest.resetAllMocks();
    api.inspect.mockResolvedValue(inspection());
    api.previewSchedule.mockResolvedValue(preview);
    api.deploy.mockResolvedValue(deployment());
    draft = await loaded();
  });

  afterEach(() => {
    draft.dispose();
    jest.useRealTimers();
  });

  it('has a form once the notebook is read', () => {
    expect(draft.busy).toBe(false);
    expect(draft.form?.name).toBe('churn');
    expect(api.previewSchedule).not.toHaveBeenCalled();
  });

  it('starts from the live version, with its files and schedule', async () => {
    const live = deployment({
      files: [file('a.py')],
      schedule: {
        cron: '0 6 * * *',
        timezone: 'UTC',
        catch_up: 'latest',
        overlap: 'skip',
        jitter: 0
      }
    });
    api.inspect.mockResolvedValue(inspection({ current: live }));
    api.deployment.mockResolvedValue(live);
    const again = await loaded();
    expect(api.inspect).toHaveBeenLastCalledWith(
      'work/churn.ipynb',
      ['a.py'],
      [],
      ['DB_URL']
    );
    expect(again.preview).toBe(preview);
    expect(again.existing?.version).toBe(3);
    again.dispose();
  });

  it('has no form when the notebook cannot be read, until it can', async () => {
    api.inspect.mockRejectedValueOnce(wrong('notebook'));
    const broken = await loaded();
    expect(broken.form).toBeNull();
    expect(broken.problem).toBeInstanceOf(ApiError);
    await broken.load();
    expect(broken.problem).toBeNull();
    expect(broken.form).not.toBeNull();
    broken.dispose();
  });

  it('asks for the next times once after typing', async () => {
    draft.change({ scheduled: true });
    draft.change({ cron: '0 7 * * ' });
    draft.change({ cron: '0 7 * * *' });
    await jest.advanceTimersByTimeAsync(299);
    expect(api.previewSchedule).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(1);
    expect(api.previewSchedule).toHaveBeenCalledTimes(1);
    expect(api.previewSchedule.mock.calls[0][0].cron).toBe('0 7 * * *');
    expect(draft.preview).toBe(preview);
  });

  it('shows no answer to an older question', async () => {
    let answerLate: (late: ISchedulePreview) => void = () => undefined;
    api.previewSchedule.mockReturnValueOnce(
      new Promise(resolve => (answerLate = resolve))
    );
    draft.change({ scheduled: true });
    await jest.advanceTimersByTimeAsync(300);
    draft.change({ cron: '0 8 * * *' });
    await jest.advanceTimersByTimeAsync(300);
    answerLate({ ...preview, text: 'too late' });
    await jest.advanceTimersByTimeAsync(0);
    expect(draft.preview).toBe(preview);
  });

  it('marks what is wrong with the schedule until it changes', async () => {
    api.previewSchedule.mockRejectedValueOnce(wrong('schedule.timezone'));
    draft.change({ scheduled: true, timezone: 'Mars' });
    await jest.advanceTimersByTimeAsync(300);
    expect(draft.errors).toEqual({ 'schedule.timezone': 'Wrong. Mend it.' });
    expect(draft.preview).toBeNull();
    draft.change({ timezone: 'UTC' });
    expect(draft.errors).toEqual({});
  });

  it('looks for the files and marks those that are not there', async () => {
    api.inspect.mockRejectedValueOnce(wrong('files', 'Nothing matches.'));
    draft.change({ files: 'nothing.py' });
    await jest.advanceTimersByTimeAsync(300);
    expect(draft.errors).toEqual({ files: 'Nothing matches. Mend it.' });
    api.inspect.mockResolvedValueOnce(inspection({ files: [file('a.py')] }));
    draft.change({ files: 'a.py' });
    await jest.advanceTimersByTimeAsync(300);
    expect(draft.errors).toEqual({});
    expect(draft.inspection?.files).toHaveLength(1);
  });

  it('knows whose the name is', () => {
    expect(draft.existing).toBeNull();
    draft.change({ name: ' other ' });
    expect(draft.existing?.version).toBe(7);
  });

  it('deploys by the server’s path and the version that was seen', async () => {
    draft.change({ name: 'other' });
    await expect(draft.deploy()).resolves.toMatchObject({ name: 'churn' });
    expect(api.deploy.mock.calls[0][0]).toMatchObject({
      name: 'other',
      notebook: 'work/churn.ipynb',
      expected_version: 7
    });
    expect(draft.refusals).toBe(0);
  });

  it('does not ask the server when a value has another type', async () => {
    draft.changeText('n_rows', 'many');
    await expect(draft.deploy()).resolves.toBeNull();
    expect(api.deploy).not.toHaveBeenCalled();
    expect(draft.errors['parameters.n_rows']).toMatch(/whole number/);
    expect(draft.refusals).toBe(1);
    draft.changeText('n_rows', '5');
    expect(draft.errors).toEqual({});
  });

  it('keeps what was typed when the server refuses', async () => {
    draft.changeText('n_rows', '5');
    for (const field of ['parameters.n_rows', 'name']) {
      api.deploy.mockRejectedValueOnce(wrong(field));
      await expect(draft.deploy()).resolves.toBeNull();
      expect(draft.errors).toEqual({ [field]: 'Wrong. Mend it.' });
    }
    expect(draft.refusals).toBe(2);
    expect(draft.form?.texts.n_rows).toBe('5');
    expect(draft.problem).toBeNull();
  });

  it('shows above the form what belongs to no field of it', async () => {
    for (const error of [wrong('parameters.unknown'), wrong(null)]) {
      api.deploy.mockRejectedValueOnce(error);
      await draft.deploy();
      expect(draft.problem).toBe(error);
      expect(draft.errors).toEqual({});
    }
    draft.change({ name: 'again' });
    expect(draft.problem).toBeNull();
  });

  it('deploys once at a time', async () => {
    const first = draft.deploy();
    await expect(draft.deploy()).resolves.toBeNull();
    await first;
    expect(api.deploy).toHaveBeenCalledTimes(1);
  });

  it('is silent once disposed of', async () => {
    const heard = jest.fn();
    draft.changed.connect(heard);
    draft.change({ scheduled: true });
    draft.dispose();
    heard.mockClear();
    await jest.advanceTimersByTimeAsync(1000);
    expect(heard).not.toHaveBeenCalled();
  });

  describe('a version that is tried', () => {
    const preflight = { ...deployment().preflight, mode: 'full' as const };
    const candidate = deployment({
      version: 4,
      state: 'candidate',
      preflight: { ...preflight, run: 12 }
    });
    const running = { id: 12, state: 'running', progress: null };

    beforeEach(() => {
      jest.useRealTimers();
      api.deploy.mockResolvedValue(candidate);
      api.run
        .mockResolvedValueOnce(running)
        .mockResolvedValueOnce({ ...running, state: 'succeeded' });
    });

    it('is followed until it is live', async () => {
      const seen: unknown[] = [];
      draft.changed.connect(() => seen.push(draft.trial?.run?.state));
      const live = deployment({ version: 4 });
      api.deployment.mockResolvedValue(live);
      expect(await draft.deploy()).toBe(live);
      expect(api.deployment).toHaveBeenLastCalledWith('churn', 4);
      expect(seen).toContain('running');
      expect(draft.trial).toBeNull();
      expect(draft.rejected).toBeNull();
    });

    it('leaves the form as it was when it is rejected', async () => {
      const rejected = deployment({ version: 4, state: 'rejected' });
      api.deployment.mockResolvedValue(rejected);
      draft.change({ files: 'a.py' });
      expect(await draft.deploy()).toBeNull();
      expect(draft.rejected).toBe(rejected);
      expect(draft.form?.files).toBe('a.py');
      expect(draft.busy).toBe(false);
      expect(draft.refusals).toBe(1);
    });
  });

  it('expects no live version where none is', async () => {
    const never = summary({ name: 'churn', state: 'rejected' });
    api.inspect.mockResolvedValue(inspection({ current: never }));
    api.deployment.mockResolvedValue(deployment({ state: 'rejected' }));
    const again = await loaded();
    await again.deploy();
    expect(api.deploy.mock.calls[0][0].expected_version).toBe(0);
    again.dispose();
  });

  describe('edit', () => {
    const finding = {
      cause: 'secret_in_source',
      cell: 0,
      message: 'The cell holds a secret.',
      fix: null,
      action: { secrets: ['TOKEN'] },
      edits: [{ cell: 0, before: 'a', after: 'b', tags: [] }]
    };

    it('changes the notebook and the form, and reads it again', async () => {
      const { parameters } = inspection();
      draft.changeText('region', 'us');
      api.inspect.mockResolvedValue(
        inspection({ parameters: [...parameters, parameter('x', 'str', '/a')] })
      );
      await draft.edit(finding);
      expect(edit).toHaveBeenCalledWith(finding.edits);
      expect(api.inspect).toHaveBeenLastCalledWith(
        'work/churn.ipynb',
        [],
        [],
        ['TOKEN']
      );
      expect(draft.form?.secrets).toEqual(['TOKEN']);
      expect(draft.form?.texts).toMatchObject({ region: 'us', x: '/a' });
      expect([draft.busy, draft.problem, draft.edits]).toEqual([
        false,
        null,
        1
      ]);
    });

    it('changes nothing else when the notebook cannot be changed', async () => {
      edit.mockRejectedValue(new Error('It is not as it was.'));
      const { form } = draft;
      await draft.edit(finding);
      expect(draft.form).toBe(form);
      expect(draft.problem).toEqual(new Error('It is not as it was.'));
      expect([draft.busy, draft.edits]).toEqual([false, 0]);
    });
  });
});
