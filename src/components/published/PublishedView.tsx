import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { DeployApi } from '../../api/client';
import { ErrorNotice, RelativeTime, useNow } from '../common';
import { OutputCard } from './OutputCard';
import type { IOutputList } from './published';
import { freshnessSentence } from './published';
import { Tokens } from './Tokens';

/** Publications that the page shows. */
const SHOWN = 20;

export interface IPublishedViewProps {
  name: string;
  api: DeployApi;
  onOpen: (run: number) => void;
  trans: TranslationBundle;
}

/** How to publish something, for a deployment that does not yet. */
function Nothing({ trans }: { trans: TranslationBundle }): JSX.Element {
  return (
    <div className="jp-deploy-Empty">
      <p>
        {trans.__(
          'Nothing is published. Declare outputs, and the newest good run serves them at an address that stays:'
        )}
      </p>
      <pre>
        {'outputs:\n' +
          '  report: {format: html, hide_code: true}\n' +
          '  scores: {table: scores}\n' +
          '  auc: {metric: auc}'}
      </pre>
      <p>
        {trans.__(
          'They belong into the deployment file (schedules/NAME.yaml); “jupyter deploy notebook … --publish report=html” says the same.'
        )}
      </p>
    </div>
  );
}

function History(props: {
  list: IOutputList;
  onOpen: (run: number) => void;
  trans: TranslationBundle;
}): JSX.Element {
  const { list, trans } = props;
  return (
    <table className="jp-deploy-PublishedHistory">
      <thead>
        <tr>
          <th scope="col">{trans.__('Run')}</th>
          <th scope="col">{trans.__('Data of')}</th>
          <th scope="col">{trans.__('Published')}</th>
        </tr>
      </thead>
      <tbody>
        {list.history.slice(0, SHOWN).map(one => (
          <tr key={one.run}>
            <td>
              <button
                type="button"
                className="jp-deploy-Link"
                onClick={() => props.onOpen(one.run)}
              >
                {trans.__('run %1', one.run)}
              </button>
            </td>
            <td>
              <RelativeTime at={one.data_at} />
            </td>
            <td>
              {one.problem ??
                (one.published_at === null
                  ? trans.__('waits')
                  : one.outputs.join(', '))}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What readers of a deployment see: addresses, freshness, tokens. */
export function PublishedView(props: IPublishedViewProps): JSX.Element {
  const { name, api, trans } = props;
  const [list, setList] = React.useState<IOutputList | null>(null);
  const [error, setError] = React.useState<unknown>(null);
  const now = useNow(60_000);
  const refresh = React.useCallback(() => {
    setError(null);
    api.published(name).then(setList, setError);
  }, [api, name]);
  React.useEffect(refresh, [refresh]);
  if (error) {
    return (
      <ErrorNotice
        error={error}
        trans={trans}
        title={trans.__('The outputs could not be loaded.')}
        retry={refresh}
      />
    );
  }
  if (!list) {
    return <p className="jp-deploy-Empty">{trans.__('Loading outputs…')}</p>;
  }
  if (list.outputs.length === 0) {
    return <Nothing trans={trans} />;
  }
  return (
    <div
      className="jp-deploy-Reading jp-deploy-Published"
      role="region"
      aria-label={trans.__('Outputs')}
      tabIndex={0}
    >
      <p>
        {freshnessSentence(list, now, trans)}{' '}
        <button type="button" className="jp-deploy-Link" onClick={refresh}>
          {trans.__('Refresh')}
        </button>
      </p>
      {list.problem && (
        <p className="jp-deploy-Published-problem" role="status">
          {list.problem}
        </p>
      )}
      {list.outputs.map(output => (
        <OutputCard key={output.name} output={output} api={api} trans={trans} />
      ))}
      <section>
        <h3>{trans.__('Access')}</h3>
        <Tokens name={name} api={api} trans={trans} />
      </section>
      {list.history.length > 0 && (
        <section>
          <h3>{trans.__('History')}</h3>
          <History list={list} onOpen={props.onOpen} trans={trans} />
        </section>
      )}
    </div>
  );
}
