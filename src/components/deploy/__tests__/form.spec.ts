import { nullTranslator } from '@jupyterlab/translation';
import {
  filesBeside,
  initialForm,
  otherNotebook,
  patternsOf,
  readForm
} from '../form';
import { initialSample, sampleText } from '../sample';
import { fixed, stillFound } from '../fixes';
import type { IFinding } from '../fixes';
import type { IDeployForm } from '../form';
import { deployment, file, inspection, parameter } from './fixtures';

const trans = nullTranslator.load('jupyterlab_deploy');
const zone = 'Europe/Berlin';

describe('initialForm', () => {
  it('has the notebook’s own values', () => {
    expect(initialForm(inspection(), null, zone)).toMatchObject({
      name: 'churn',
      scheduled: false,
      timezone: zone,
      texts: { region: 'eu', n_rows: '10' },
      files: ''
    });
  });

  it('has the live version’s values where there is one', () => {
    const live = deployment({
      notebook: 'work/churn.ipynb',
      parameters: { n_rows: 20, gone: 1 },
      files: [file('work/lib/a.py'), file('data.csv')],
      environment: {
        digest: null,
        packages: [],
        locked: true,
        variables: [],
        kernelspec: null
      },
      schedule: {
        cron: '0 7 * * *',
        timezone: 'Asia/Tokyo',
        catch_up: 'none',
        overlap: 'allow',
        jitter: 30
      }
    });
    expect(initialForm(inspection(), live, zone)).toEqual({
      name: 'churn',
      replace: false,
      scheduled: true,
      cron: '0 7 * * *',
      timezone: 'Asia/Tokyo',
      catchUp: 'none',
      overlap: 'allow',
      retries: '2',
      runLimit: '2h',
      cellLimit: '90s',
      secrets: ['DB_URL'],
      kept: { jitter: 30, policies: live.policies },
      texts: { region: 'eu', n_rows: '20' },
      runsIn: 'locked',
      packages: '',
      preflight: null,
      sample: {},
      files: 'lib/a.py\n../data.csv'
    });
  });

  it('leaves the field of an expression empty', () => {
    const start = parameter('start', 'any', null);
    const form = initialForm(inspection({ parameters: [start] }), null, zone);
    expect(form.texts).toEqual({ start: '' });
  });
});

describe('files', () => {
  it('are seen from the notebook’s folder', () => {
    const notebook = 'a/b/c.ipynb';
    const files = ['a/b/x.py', 'a/y.py', 'z.py', 'a/bb/w.py'].map(file);
    expect(filesBeside({ notebook, files })).toEqual([
      'x.py',
      '../y.py',
      '../../z.py',
      '../bb/w.py'
    ]);
  });

  it('are one on each line or set apart by commas', () => {
    expect(patternsOf(' lib/*.py\n\n data.csv , b.csv,')).toEqual([
      'lib/*.py',
      'data.csv',
      'b.csv'
    ]);
  });
});

describe('readForm', () => {
  const read = (
    part: Partial<IDeployForm>,
    found = inspection()
  ): ReturnType<typeof readForm> => {
    const form = { ...initialForm(found, null, zone), ...part };
    return readForm('work/churn.ipynb', form, found, 3, trans);
  };

  it('asks for the notebook by its path below the server’s root', () => {
    expect(read({ name: ' churn ', files: 'a.py' })).toEqual({
      request: {
        name: 'churn',
        notebook: 'work/churn.ipynb',
        packages: [],
        preflight: null,
        files: ['a.py'],
        runs_in: 'live',
        parameters: {},
        schedule: null,
        retry: { attempts: 1 },
        timeout: { run: null, cell: null },
        max_running: null,
        priority: null,
        secrets: [],
        expected_version: 3,
        replace: false
      },
      errors: {}
    });
  });

  it('lets the name move only when told to', () => {
    expect(read({ replace: true }).request.replace).toBe(true);
  });

  it('sends only values that differ, typed', () => {
    const { request } = read({ texts: { region: 'eu', n_rows: '20' } });
    expect(request.parameters).toEqual({ n_rows: 20 });
  });

  it('takes emptied text as a value and an emptied number as the default', () => {
    const { request } = read({ texts: { region: '', n_rows: '' } });
    expect(request.parameters).toEqual({ region: '' });
  });

  it('sends the schedule without blanks around it', () => {
    const { request } = read({
      scheduled: true,
      cron: ' 0 6 * * * ',
      timezone: ' UTC '
    });
    expect(request.schedule).toEqual({
      cron: '0 6 * * *',
      timezone: 'UTC',
      catch_up: 'latest',
      overlap: 'skip',
      jitter: 0
    });
  });

  it('keeps what the live version has and the form does not show', () => {
    const live = deployment();
    const form = initialForm(inspection(), live, zone);
    const changed = { ...form, retries: '4', cellLimit: '' };
    const { request } = readForm(
      'churn.ipynb',
      changed,
      inspection(),
      3,
      trans
    );
    expect(request).toMatchObject({
      retry: { attempts: 5, backoff: 60, on: ['lost'] },
      timeout: { run: '2h', cell: null, kernel_start: 60 },
      max_running: 1,
      priority: 5
    });
  });

  it('names every field that is wrong', () => {
    const { errors } = read({
      name: ' ',
      scheduled: true,
      cron: '',
      timezone: '',
      retries: '1.5',
      texts: { region: 'eu', n_rows: 'many' }
    });
    expect(Object.keys(errors).sort()).toEqual([
      'name',
      'parameters.n_rows',
      'retry.attempts',
      'schedule.cron',
      'schedule.timezone'
    ]);
  });

  it('wants no schedule of a notebook that is started by hand', () => {
    expect(read({ cron: '', timezone: '' }).errors).toEqual({});
  });
});

describe('otherNotebook', () => {
  const ours = inspection({ origin: '/home/ada/churn.ipynb' });

  it('goes by where the notebooks lie, when both are known', () => {
    const there = '/home/eve/churn.ipynb';
    expect(otherNotebook(deployment({ origin: there }), ours)).toBe(there);
    const same = deployment({ origin: ours.origin, notebook: 'a/churn.ipynb' });
    expect(otherNotebook(same, ours)).toBeNull();
  });

  it('goes by their paths in the project else', () => {
    expect(otherNotebook(deployment(), ours)).toBeNull();
    const other = deployment({ notebook: 'other.ipynb' });
    expect(otherNotebook(other, ours)).toBe('other.ipynb');
  });
});

describe('fixed', () => {
  const form = initialForm(inspection(), null, 'UTC');
  const finding = {
    cause: 'data_file',
    cell: 2,
    message: 'a.csv is read here.',
    fix: 'Add a.csv to the files.'
  };

  it('takes files along beside those that are there', () => {
    const action = { files: ['a.csv', 'b.csv'] };
    const held = { ...form, files: 'b.csv' };
    expect(fixed(held, { ...finding, action })).toEqual({
      files: 'b.csv\na.csv'
    });
  });

  it('adds packages to what is locked', () => {
    const action = { packages: ['humanize'] };
    expect(fixed(form, { ...finding, action })).toEqual({
      packages: 'humanize',
      runsIn: 'locked'
    });
  });

  it('has nothing to do twice, or where there is no action', () => {
    const done = { ...form, files: 'a.csv' };
    expect(
      fixed(done, { ...finding, action: { files: ['a.csv'] } })
    ).toBeNull();
    expect(fixed(form, { ...finding, action: null })).toBeNull();
  });

  it('does all that the action says', () => {
    const action = { files: ['a.csv'], secrets: ['TOKEN'] };
    expect(fixed(form, { ...finding, action })).toEqual({
      files: 'a.csv',
      secrets: [...form.secrets, 'TOKEN']
    });
  });
});

describe('stillFound', () => {
  const found = (message: string, edits: string[] = []): IFinding => ({
    cause: 'secret_in_source',
    cell: 0,
    message,
    fix: null,
    edits: edits.map(after => ({ cell: 0, before: 'a', after, tags: [] }))
  });

  it('has changes as they fit the notebook now', () => {
    const now = [found('one', ['newer']), found('another')];
    const before = [found('one', ['old'])];
    expect(stillFound([found('one')], now, before)).toEqual([now[0]]);
  });

  it('leaves out what a change has taken away, not what the run has shown', () => {
    const seen = found('seen by the run');
    const gone = found('gone');
    expect(stillFound([gone, seen], [], [gone])).toEqual([seen]);
  });
});

describe('the sample', () => {
  const formOf = (part: Partial<IDeployForm>): IDeployForm => ({
    ...initialForm(inspection(), null, zone),
    preflight: 'sample',
    ...part
  });
  const read = (part: Partial<IDeployForm>): ReturnType<typeof readForm> =>
    readForm('churn.ipynb', formOf(part), inspection(), 0, trans);

  it('shows what runs have until it is changed', () => {
    expect(sampleText(formOf({}), 'n_rows')).toBe('10');
    expect(sampleText(formOf({ sample: { n_rows: '' } }), 'n_rows')).toBe('');
  });

  it('is what differs from the runs', () => {
    const { request, errors } = read({ sample: { n_rows: '3', region: 'eu' } });
    expect(errors).toEqual({});
    expect(request.preflight).toEqual({ sample: { n_rows: 3 } });
    expect(request.parameters).toEqual({});
  });

  it('has values of the right type, and at least one', () => {
    expect(Object.keys(read({ sample: { n_rows: 'few' } }).errors)).toEqual([
      'sample.n_rows'
    ]);
    expect(Object.keys(read({}).errors)).toEqual(['preflight']);
  });

  it('is kept from the live version', () => {
    const tried = deployment();
    const preflight = {
      ...tried.preflight,
      mode: 'sample' as const,
      parameters: { n_rows: 3 }
    };
    expect(initialSample({ ...tried, preflight })).toEqual({
      preflight: 'sample',
      sample: { n_rows: '3' }
    });
    expect(initialSample(tried)).toEqual({ preflight: null, sample: {} });
  });
});
