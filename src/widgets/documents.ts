import type { IDocumentManager } from '@jupyterlab/docmanager';
import type * as nbformat from '@jupyterlab/nbformat';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ApiError } from '../api/client';
import type { DeployApi } from '../api/client';
import { errorText } from '../components/common';
import type { IRun } from '../components/common';
import { draftOf, placeOf, saveNew } from '../models/draft';
import { documentPath } from '../models/runsDrive';

/** Milliseconds in which the cells of a notebook find their places. */
const SETTLING = 500;

export interface IDocumentOptions {
  api: DeployApi;
  docManager: IDocumentManager;
}

export interface IDraftOptions extends IDocumentOptions {
  contents: Contents.IManager;
  /** Where the draft goes. */
  folder: string;
  trans: TranslationBundle;
}

/** Open the executed notebook at this cell of the deployed one, or at the one that failed. */
export async function openDocument(
  id: number,
  cell: number | null,
  { api, docManager }: IDocumentOptions
): Promise<void> {
  const run = await api.run(id);
  await openAt(docManager, documentPath(run), cell ?? failedCell(run));
}

/** Open a new notebook with the source and the parameters of the run. */
export async function openDraft(
  id: number,
  cell: number | null,
  options: IDraftOptions
): Promise<void> {
  const { api, docManager } = options;
  const run = await api.run(id);
  const [source, executed] = await Promise.all([
    api.source(id),
    api.outputNotebook(id).catch(() => null)
  ]);
  const draft = draftOf(run, source, executed);
  const path = await save(draft, run, options);
  await openAt(docManager, path, cell ?? failedCell(run));
}

async function save(
  draft: nbformat.INotebookContent,
  run: IRun,
  { contents, folder, trans }: IDraftOptions
): Promise<string> {
  const stem = trans.__('%1 (run %2)', run.deployment, run.id);
  try {
    return await saveNew(contents, folder, stem, draft);
  } catch (error) {
    const { detail } = errorText(error);
    throw new ApiError({
      detail: trans.__('The draft could not be saved here: %1', detail),
      hint: trans.__('Show a folder of your own in the file browser.')
    });
  }
}

function failedCell(run: IRun): number | null {
  return run.state === 'failed' ? run.cell : null;
}

async function openAt(
  docManager: IDocumentManager,
  path: string,
  cell: number | null
): Promise<void> {
  // Asked before, an error is told where the button is.
  await docManager.services.contents.get(path, { content: false });
  const panel = docManager.openOrReveal(path, 'Notebook') as
    NotebookPanel | undefined;
  if (panel && cell !== null && (await isShown(panel))) {
    const { cells } = panel.context.model.toJSON() as nbformat.INotebookContent;
    await show(panel, placeOf(cells, cell));
  }
}

/** False when it was closed before it was loaded. */
function isShown(panel: NotebookPanel): Promise<boolean> {
  return new Promise(resolve => {
    panel.disposed.connect(() => resolve(false));
    void panel.revealed.then(() => resolve(true));
  });
}

async function show({ content }: NotebookPanel, place: number): Promise<void> {
  content.activeCellIndex = place;
  await content.scrollToItem(place, 'center').catch(() => undefined);
  const cell = content.widgets[place];
  await cell?.ready;
  // Cells above take their real height as they come into sight.
  window.setTimeout(() => {
    if (!content.isDisposed) {
      void content.scrollToItem(place, 'center').catch(() => undefined);
    }
  }, SETTLING);
}
