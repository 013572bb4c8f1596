import type * as nbformat from '@jupyterlab/nbformat';
import type { Contents } from '@jupyterlab/services';
import { ServerConnection } from '@jupyterlab/services';
import type { components } from '../api/schema';

type IRun = components['schemas']['Run'];

const PARAMETERS = 'parameters';
const INJECTED = 'injected-parameters';

function tagged(cell: nbformat.ICell, tag: string): boolean {
  const { tags } = cell.metadata;
  return Array.isArray(tags) && tags.includes(tag);
}

/**
 * The run's source with its parameters, nothing executed. They are in the cell that the run
 * itself executed; of a run that left none, Python's are written here.
 */
export function draftOf(
  run: Pick<IRun, 'parameters'>,
  source: nbformat.INotebookContent,
  executed: nbformat.INotebookContent | null
): nbformat.INotebookContent {
  const cells = source.cells
    .filter(cell => !tagged(cell, INJECTED))
    .map(unexecuted);
  const injected =
    executed?.cells.find(cell => tagged(cell, INJECTED)) ??
    injectedCell(run.parameters, source);
  if (injected) {
    // The place that papermill gives it: a run of the draft replaces it.
    const declared = cells.findIndex(cell => tagged(cell, PARAMETERS));
    cells.splice(declared + 1, 0, unexecuted(injected));
  }
  return {
    ...source,
    metadata: { ...executed?.metadata, ...source.metadata },
    cells
  };
}

function unexecuted(cell: nbformat.ICell): nbformat.ICell {
  return cell.cell_type === 'code'
    ? { ...cell, outputs: [], execution_count: null }
    : cell;
}

function injectedCell(
  parameters: Record<string, unknown>,
  { metadata }: nbformat.INotebookContent
): nbformat.ICell | null {
  const names = Object.keys(parameters);
  const language =
    metadata.kernelspec?.language ?? metadata.language_info?.name;
  if (names.length === 0 || language !== 'python') {
    return null;
  }
  const lines = names.map(name => `${name} = ${python(parameters[name])}`);
  return {
    cell_type: 'code',
    id: INJECTED,
    metadata: { tags: [INJECTED] },
    source: ['# Parameters', ...lines].join('\n')
  };
}

/** A JSON value as Python spells it. */
export function python(value: unknown): string {
  if (value === null || value === undefined) {
    return 'None';
  }
  if (typeof value === 'boolean') {
    return value ? 'True' : 'False';
  }
  if (Array.isArray(value)) {
    return `[${value.map(python).join(', ')}]`;
  }
  if (typeof value === 'object') {
    const members = Object.entries(value).map(
      ([key, one]) => `${JSON.stringify(key)}: ${python(one)}`
    );
    return `{${members.join(', ')}}`;
  }
  return JSON.stringify(value);
}

/** The place in a notebook of a cell that the ledger counts without the injected one. */
export function placeOf(
  cells: readonly nbformat.ICell[],
  source: number
): number {
  const injected = cells.findIndex(cell => tagged(cell, INJECTED));
  return injected !== -1 && injected <= source ? source + 1 : source;
}

/** Save the notebook under a name that is free, and give its path. Nothing is overwritten. */
export async function saveNew(
  contents: Contents.IManager,
  folder: string,
  stem: string,
  content: nbformat.INotebookContent
): Promise<string> {
  const { path } = await contents.newUntitled({
    path: folder,
    type: 'notebook'
  });
  try {
    await contents.save(path, { type: 'notebook', format: 'json', content });
    return await renamed(contents, path, stem);
  } catch (error) {
    await contents.delete(path).catch(() => undefined);
    throw error;
  }
}

/** A server refuses to rename a file to a name that is taken. */
async function renamed(
  contents: Contents.IManager,
  path: string,
  stem: string
): Promise<string> {
  const folder = path.slice(0, path.lastIndexOf('/') + 1) || driveOf(path);
  for (let number = 1; ; number++) {
    const name = number === 1 ? `${stem}.ipynb` : `${stem} ${number}.ipynb`;
    try {
      return (await contents.rename(path, folder + name)).path;
    } catch (error) {
      const taken =
        error instanceof ServerConnection.ResponseError &&
        error.response.status === 409;
      if (!taken) {
        throw error;
      }
    }
  }
}

function driveOf(path: string): string {
  return path.slice(0, path.indexOf(':') + 1);
}
