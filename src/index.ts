import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { comparingPlugin } from './plugins/comparing';
import { deployPlugin } from './plugins/deploy';
import { deploymentsPlugin } from './plugins/deployments';
import { documentsPlugin } from './plugins/documents';
import { linksPlugin } from './plugins/links';
import { modelPlugin } from './plugins/model';
import { pagesPlugin } from './plugins/pages';
import { panelPlugin } from './plugins/panel';

export { CommandIDs, IDeployModel } from './tokens';

const plugins: JupyterFrontEndPlugin<unknown>[] = [
  modelPlugin,
  deployPlugin,
  deploymentsPlugin,
  pagesPlugin,
  comparingPlugin,
  documentsPlugin,
  panelPlugin,
  linksPlugin
];

export default plugins;
