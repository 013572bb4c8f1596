import { IRouter } from '@jupyterlab/application';
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { CommandIDs, TRANSLATION_DOMAIN } from '../tokens';

export const DEPLOYMENT_QUERY = 'deploy-deployment';
export const RUN_QUERY = 'deploy-run';
export const COMPARE_QUERY = 'deploy-compare';

/**
 * `/lab?deploy-run=7` opens that run, `/lab?deploy-deployment=churn` its runs,
 * `/lab?deploy-compare=6-7` what changed between two, and `=7` since the last good one.
 */
export const linksPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-deploy:links',
  description: 'Addresses that open a deployment, a run or a comparison.',
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
      const pair = /^(?:(\d+)-)?(\d+)$/.exec(query.get(COMPARE_QUERY) ?? '');
      query.delete(COMPARE_QUERY);
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
      if (pair) {
        const a = pair[1] === undefined ? null : Number(pair[1]);
        await app.commands.execute(CommandIDs.compare, {
          a,
          b: Number(pair[2])
        });
      }
    };

    app.commands.addCommand(CommandIDs.followLink, {
      label: trans.__('Follow a link to a deployment, run or comparison'),
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
      pattern: new RegExp(
        `[?&](${DEPLOYMENT_QUERY}|${RUN_QUERY}|${COMPARE_QUERY})=`
      ),
      rank: 20
    });
  }
};
