import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { DeployApi } from '../../api/client';
import { ErrorNotice } from '../common';
import { Copy } from './Copy';
import { curlLine, kindWord, outputLine } from './published';
import type { IPublishedOutput, ITablePage } from './published';

/** Rows of a table that are shown. */
const ROWS = 10;

export interface IOutputCardProps {
  output: IPublishedOutput;
  api: DeployApi;
  trans: TranslationBundle;
}

function Rows({ page }: { page: ITablePage }): JSX.Element {
  return (
    <div className="jp-deploy-Published-rows" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {page.columns.map(column => (
              <th key={column.name} scope="col">
                {column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {page.data.map((row, index) => (
            <tr key={index}>
              {row.map((value, column) => (
                <td
                  key={column}
                  className={
                    typeof value === 'number' ? 'jp-deploy-Number' : undefined
                  }
                >
                  {value === null ? '' : String(value)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The first rows, asked for when they are wanted. */
function Preview(props: IOutputCardProps): JSX.Element {
  const { output, api, trans } = props;
  const [page, setPage] = React.useState<ITablePage | null>(null);
  const [error, setError] = React.useState<unknown>(null);
  const onToggle = (event: React.SyntheticEvent<HTMLDetailsElement>): void => {
    if (event.currentTarget.open && !page) {
      setError(null);
      api.publishedRows(output.address, ROWS).then(setPage, setError);
    }
  };
  return (
    <details className="jp-deploy-Fold" onToggle={onToggle}>
      <summary>{trans.__('First rows')}</summary>
      {error ? <ErrorNotice error={error} trans={trans} /> : null}
      {page && <Rows page={page} />}
    </details>
  );
}

/** One output with its address. */
export function OutputCard(props: IOutputCardProps): JSX.Element {
  const { output, api, trans } = props;
  const address = new URL(
    api.publishedUrl(output.address),
    window.location.href
  ).toString();
  return (
    <section>
      <h3>
        {output.name}{' '}
        <span className="jp-deploy-Muted">
          {kindWord(output, trans)} · {outputLine(output, trans)}
        </span>
      </h3>
      {output.published && (
        <>
          <p className="jp-deploy-Published-address">
            <a href={address} target="_blank" rel="noopener noreferrer">
              {address}
            </a>
            <Copy
              text={address}
              label={trans.__('Copy the address of %1', output.name)}
              trans={trans}
            />
          </p>
          <p className="jp-deploy-Published-address">
            <code>{curlLine(address)}</code>
            <Copy
              text={curlLine(address)}
              label={trans.__('Copy the curl line of %1', output.name)}
              trans={trans}
            />
          </p>
          {output.kind === 'table' && <Preview {...props} />}
        </>
      )}
    </section>
  );
}
