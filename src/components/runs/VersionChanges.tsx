import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { DeployApi } from '../../api/client';
import { ErrorNotice } from '../common';
import type { IVersionChange, IVersionChanges } from '../common';
import { byKind, changeWord, kindWord } from './versions';

export interface IVersionChangesProps {
  name: string;
  version: number;
  since: number;
  api: DeployApi;
  trans: TranslationBundle;
}

function Item(props: {
  item: IVersionChange;
  trans: TranslationBundle;
}): JSX.Element {
  const { item, trans } = props;
  const name =
    item.kind === 'code' ? trans.__('cell %1', item.name) : item.name;
  const sides = item.kind === 'code' ? [] : [item.old, item.new];
  return (
    <li>
      <span>{name}</span>{' '}
      <span className="jp-deploy-Muted">{changeWord(item.change, trans)}</span>{' '}
      <span>{sides.filter(Boolean).join(' → ')}</span>
      {item.diff && <pre>{item.diff}</pre>}
    </li>
  );
}

/** What changed between two versions, item by item. */
export function VersionChanges(props: IVersionChangesProps): JSX.Element {
  const { api, name, version, since, trans } = props;
  const [found, setFound] = React.useState<IVersionChanges | null>(null);
  const [error, setError] = React.useState<unknown>(null);
  React.useEffect(() => {
    let wanted = true;
    api.versionChanges(name, since, version).then(
      answer => wanted && setFound(answer),
      (reason: unknown) => wanted && setError(reason)
    );
    return () => {
      wanted = false;
    };
  }, [api, name, since, version]);
  if (error) {
    return <ErrorNotice error={error} trans={trans} />;
  }
  if (!found) {
    return <p className="jp-deploy-Muted">{trans.__('Comparing…')}</p>;
  }
  return (
    <dl
      className="jp-deploy-Changes"
      aria-label={trans.__('Changes since version %1', since)}
    >
      {byKind(found.changes).map(([kind, items]) => (
        <React.Fragment key={kind}>
          <dt>{kindWord(kind, trans)}</dt>
          <dd>
            <ul>
              {items.map(item => (
                <Item
                  key={`${item.name} ${item.change}`}
                  item={item}
                  trans={trans}
                />
              ))}
            </ul>
          </dd>
        </React.Fragment>
      ))}
    </dl>
  );
}
