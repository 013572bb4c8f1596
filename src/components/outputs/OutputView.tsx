import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { IHead } from '../../api/head';
import { ErrorNotice, formatBytes } from '../common';
import type { IOutputFile } from '../common';
import { HEAD, firstRows, kindOf } from './preview';

export interface IOutputViewProps {
  file: IOutputFile;
  url: string;
  /** The first bytes of the file. */
  readHead: (limit: number) => Promise<IHead>;
  trans: TranslationBundle;
}

interface IText {
  readonly text: string;
  readonly whole: boolean;
}

function useText({ file, readHead }: IOutputViewProps): {
  found: IText | null;
  error: unknown;
} {
  const [found, setFound] = React.useState<IText | null>(null);
  const [error, setError] = React.useState<unknown>(null);
  React.useEffect(() => {
    let wanted = true;
    readHead(HEAD).then(
      ({ bytes, whole }) =>
        wanted && setFound({ text: new TextDecoder().decode(bytes), whole }),
      (reason: unknown) => wanted && setError(reason)
    );
    return () => {
      wanted = false;
    };
  }, [file.name]);
  return { found, error };
}

/** Inert: within an image element no script runs. */
function Image({ file, url, trans }: IOutputViewProps): JSX.Element {
  const [broken, setBroken] = React.useState(false);
  return broken ? (
    <p role="alert">{trans.__('This image is broken.')}</p>
  ) : (
    <img src={url} alt={file.name} onError={() => setBroken(true)} />
  );
}

function Table({ text, props }: { text: IText; props: IOutputViewProps }) {
  const { file, trans } = props;
  const separator = file.media_type === 'text/csv' ? ',' : '\t';
  const { header, rows, numeric, more } = firstRows(
    text.text,
    separator,
    text.whole
  );
  const kind = (column: number): string =>
    numeric[column] ? 'jp-deploy-Number' : '';
  return (
    <>
      <table>
        <thead>
          <tr>
            {header.map((name, at) => (
              <th key={at} scope="col" className={kind(at)}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={at}>
              {row.map((value, column) => (
                <td key={column} className={kind(column)}>
                  {value}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {more && (
        <p className="jp-deploy-Muted">
          {trans._n('The first row.', 'The first %1 rows.', rows.length)}
        </p>
      )}
    </>
  );
}

function Text({ text, props }: { text: IText; props: IOutputViewProps }) {
  const { file, trans } = props;
  return (
    <>
      <pre>{text.text}</pre>
      {!text.whole && (
        <p className="jp-deploy-Muted">
          {trans.__('The beginning of %1.', formatBytes(file.size))}
        </p>
      )}
    </>
  );
}

function Words(props: IOutputViewProps): JSX.Element {
  const { found, error } = useText(props);
  const { file, trans } = props;
  if (error) {
    return <ErrorNotice error={error} trans={trans} />;
  }
  if (!found) {
    return <p className="jp-deploy-Muted">{trans.__('Loading…')}</p>;
  }
  return kindOf(file) === 'table' ? (
    <Table text={found} props={props} />
  ) : (
    <Text text={found} props={props} />
  );
}

/** What a run wrote, shown so that nothing in it can act. */
export function OutputView(props: IOutputViewProps): JSX.Element {
  const { file, url } = props;
  switch (kindOf(file)) {
    case 'image':
      return <Image {...props} />;
    case 'page':
      return <iframe src={url} title={file.name} sandbox="allow-scripts" />;
    default:
      return <Words {...props} />;
  }
}
