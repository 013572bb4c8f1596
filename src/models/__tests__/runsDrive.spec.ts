import { ServerConnection } from '@jupyterlab/services';
import { nullTranslator } from '@jupyterlab/translation';
import type { DeployApi } from '../../api/client';
import { run } from '../../components/run/__tests__/fixtures';
import { RunsDrive, documentPath, runOfPath } from '../runsDrive';

const notebook = {
  name: 'output.ipynb',
  media_type: 'application/x-ipynb+json',
  size: 1000,
  digest: ''
};
const written = run({ id: 12, outputs: [notebook] });
const content = { nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [] };

function drive(part: Partial<DeployApi> = {}): RunsDrive {
  const api = {
    run: () => Promise.resolve(written),
    runs: () => Promise.resolve({ runs: [written, run()], next: null }),
    deployments: () => Promise.resolve([{ name: 'churn' }]),
    outputNotebook: jest.fn(() => Promise.resolve(content)),
    outputUrl: (id: number, file: string) => `/runs/${id}/outputs/${file}`,
    ...part
  } as unknown as DeployApi;
  const settings = ServerConnection.makeSettings();
  return new RunsDrive(api, settings, nullTranslator.load(''));
}

it('knows its own paths', () => {
  expect(documentPath(written)).toBe('Runs:churn/run 12.ipynb');
  expect(runOfPath('Runs:churn/run 12.ipynb')).toBe(12);
  expect(runOfPath('churn/run 12.ipynb')).toBeNull();
  expect(runOfPath('Runs:churn')).toBeNull();
});

describe('RunsDrive', () => {
  it('has the executed notebook, to be read only', async () => {
    await expect(drive().get('churn/run 12.ipynb')).resolves.toMatchObject({
      name: 'run 12.ipynb',
      path: 'churn/run 12.ipynb',
      type: 'notebook',
      writable: false,
      content
    });
  });

  it('does not load what is not asked for', async () => {
    const outputNotebook = jest.fn();
    const found = await drive({ outputNotebook }).get('churn/run 12.ipynb', {
      content: false
    });
    expect(found.content).toBeNull();
    expect(outputNotebook).not.toHaveBeenCalled();
  });

  it('lists deployments, and runs that left a notebook', async () => {
    const top = await drive().get('');
    expect(top.content).toMatchObject([{ type: 'directory', path: 'churn' }]);
    const folder = await drive().get('churn');
    expect(folder.content).toMatchObject([{ path: 'churn/run 12.ipynb' }]);
  });

  it.each([
    ['another deployment', written, 'other/run 12.ipynb', 'There is no run'],
    ['no notebook', run({ id: 12 }), 'churn/run 12.ipynb', 'left no executed'],
    [
      'too large',
      run({ id: 12, outputs: [{ ...notebook, size: 2e8 }] }),
      'churn/run 12.ipynb',
      'too large to be opened'
    ]
  ])('refuses in a sentence: %s', async (_, found, path, sentence) => {
    const refusing = drive({ run: () => Promise.resolve(found) });
    await expect(refusing.get(path)).rejects.toThrow(sentence);
  });

  it('has the address of the file', async () => {
    await expect(drive().getDownloadUrl('churn/run 12.ipynb')).resolves.toBe(
      '/runs/12/outputs/output.ipynb'
    );
    await expect(drive().getDownloadUrl('churn')).rejects.toThrow('no run');
  });

  it('changes nothing', async () => {
    const changes = [
      drive().save(),
      drive().rename(),
      drive().delete(),
      drive().newUntitled()
    ];
    for (const change of changes) {
      await expect(change).rejects.toThrow('cannot be changed');
    }
    await expect(drive().listCheckpoints()).resolves.toEqual([]);
  });
});
