import { IRouter } from '@jupyterlab/application';
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { CommandIDs, TRANSLATION_DOMAIN } from '../tokens';

export const DEPLOYMENT_QUERY = 'deploy-deployment';
export const RUN_QUERY = 'deploy-run';

/** `/lab?deploy-run=7` opens that run, `/lab?deploy-deployment=churn` its runs. */
export const linksPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-deploy:links',
  description: 'Addresses that open a deployment or a run.',
  autoStart: true,
  requires: [IRouter],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    router: IRouter,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load(TRANSLATION_DOMAIN);

    const follow = async (path: string, search?: string): Promise<void> => {
      const query = new URLSearchParams(search);
      const name = query.get(DEPLOYMENT_QUERY);
      const id = Number(query.get(RUN_QUERY));
      query.delete(DEPLOYMENT_QUERY);
      query.delete(RUN_QUERY);
      const rest = query.toString();
      router.navigate(rest ? `${path}?${rest}` : path, { skipRouting: true });
      if (name) {
        await app.commands.execute(CommandIDs.openDeployment, { name });
      }
      if (Number.isInteger(id) && id > 0) {
        await app.commands.execute(CommandIDs.openRun, { id });
      }
    };

    app.commands.addCommand(CommandIDs.followLink, {
      label: trans.__('Follow a link to a deployment or run'),
      describedBy: {
        args: {
          type: 'object',
          properties: { search: { type: 'string' } }
        }
      },
      execute: () => {
        // The router's command gets no more than the address it already knows.
        const { path, search } = router.current;
        // The layout waits for the router, so the router must not wait for it.
        void app.restored.then(() => follow(path, search));
      }
    });

    router.register({
      command: CommandIDs.followLink,
      pattern: new RegExp(`[?&](${DEPLOYMENT_QUERY}|${RUN_QUERY})=`),
      rank: 20
    });
  }
};
