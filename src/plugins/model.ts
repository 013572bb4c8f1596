import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { DeployApi } from '../api/client';
import { DeployModel } from '../models/deployments';
import { IDeployModel, TRANSLATION_DOMAIN } from '../tokens';

export const modelPlugin: JupyterFrontEndPlugin<IDeployModel> = {
  id: 'jupyterlab-deploy:model',
  description: 'Knows the deployments of this server.',
  autoStart: true,
  provides: IDeployModel,
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    translator: ITranslator | null
  ): IDeployModel => {
    const { serverSettings, events } = app.serviceManager;
    const trans = (translator ?? nullTranslator).load(TRANSLATION_DOMAIN);
    const api = new DeployApi(serverSettings, trans);
    return new DeployModel({ api, events: events.stream });
  }
};
