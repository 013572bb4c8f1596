import type { ILabShell, JupyterFrontEnd } from '@jupyterlab/application';
import type { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { URLExt } from '@jupyterlab/coreutils';
import { deployIcon } from '../icons';

/** Show the page of this id in the main area; `query` is its address. */
export type IShow = (
  tracker: WidgetTracker<MainAreaWidget>,
  id: string,
  query: string,
  create: () => Promise<MainAreaWidget>
) => Promise<void>;

/** Notebook 7 has one document a page: its pages open in JupyterLab. */
export function createShow(
  app: JupyterFrontEnd,
  labShell: ILabShell | null
): IShow {
  return async (tracker, id, query, create) => {
    if (!labShell) {
      const lab = URLExt.join(app.serviceManager.serverSettings.baseUrl, 'lab');
      window.open(`${lab}?${query}`, '_blank', 'noopener');
      return;
    }
    let page = tracker.find(widget => widget.id === id);
    if (!page) {
      page = await create();
      page.id = id;
      page.title.icon = deployIcon;
      labShell.add(page, 'main', { type: 'Deployments' });
      void tracker.add(page);
    }
    labShell.activateById(id);
  };
}
