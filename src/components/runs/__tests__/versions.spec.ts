import { nullTranslator } from '@jupyterlab/translation';
import type { IDrift, IVersion, IVersionChange } from '../../common/types';
import { driftSentence } from '../DriftLine';
import { byKind, changedKinds } from '../versions';

const trans = nullTranslator.load('');

function version(changes: Partial<IVersion> = {}): IVersion {
  return {
    version: 1,
    state: 'live',
    digest: 'sha256:1',
    notebook: 'report.ipynb',
    notebook_digest: 'sha256:2',
    parameters: { region: 'eu', n: 1 },
    schedule: null,
    kernel: {
      name: 'python3',
      display_name: 'Python 3',
      language: 'python',
      interpreter: null
    },
    environment: {
      digest: 'sha256:3',
      packages: 2,
      locked: false,
      variables: [],
      kernelspec: null
    },
    git: null,
    files: [],
    created_at: '2026-01-01T00:00:00+00:00',
    created_by: null,
    policies: {
      retry: { attempts: 1, backoff: 60, on: [] },
      timeout: { run: null, cell: null, queue: null, kernel_start: 60 },
      max_running: null,
      priority: 0
    },
    preflight: { mode: 'none', parameters: {} },
    outputs: {},
    ...changes
  } as IVersion;
}

function drift(changes: Partial<IDrift> = {}): IDrift {
  return {
    name: 'report',
    version: 4,
    locked: false,
    kernel: 'python3',
    state: 'same',
    differs: [],
    kernelspec: [],
    reason: null,
    ...changes
  };
}

describe('changedKinds', () => {
  it('finds nothing between equal versions, whatever the order of keys', () => {
    const other = version({ parameters: { n: 1, region: 'eu' } });
    expect(changedKinds(version(), other)).toEqual([]);
  });

  it('names what differs', () => {
    const other = version({
      notebook_digest: 'sha256:9',
      parameters: { region: 'us', n: 1 },
      environment: {
        ...version().environment,
        digest: 'sha256:4',
        locked: true
      }
    });
    expect(changedKinds(other, version())).toEqual([
      'code',
      'packages',
      'lock',
      'parameters'
    ]);
  });
});

test('changes are grouped in their order', () => {
  const change = { change: 'added', old: null, new: null, diff: null } as const;
  const changes: IVersionChange[] = [
    { ...change, kind: 'code', name: '1' },
    { ...change, kind: 'packages', name: 'six' },
    { ...change, kind: 'code', name: '2' }
  ];
  expect(byKind(changes).map(([kind, items]) => [kind, items.length])).toEqual([
    ['code', 2],
    ['packages', 1]
  ]);
});

describe('driftSentence', () => {
  const differs = [{ package: 'six', live: '1.16', kernel_now: '1.17' }];

  it('is silent while kernel and production are the same', () => {
    expect(driftSentence(drift(), trans)).toBe('');
  });

  it('says what that means for runs', () => {
    const locked = drift({ state: 'differs', differs, locked: true });
    expect(driftSentence(locked, trans)).toBe(
      '1 package differs between your kernel now and production. Runs keep what version 4 was made with.'
    );
    const live = drift({ state: 'differs', differs });
    expect(driftSentence(live, trans)).toMatch(/Runs use what the kernel has/);
  });

  it('tells of a kernelspec, and of what cannot be compared', () => {
    const spec = drift({ state: 'differs', kernelspec: ['argv'] });
    expect(driftSentence(spec, trans)).toMatch(/kernelspec has changed/);
    const gone = drift({ state: 'kernel_gone', reason: 'It is gone.' });
    expect(driftSentence(gone, trans)).toBe('It is gone.');
  });
});
