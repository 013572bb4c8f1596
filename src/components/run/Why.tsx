import type { TranslationBundle } from '@jupyterlab/translation';
import {
  codeIcon,
  extensionIcon,
  settingsIcon,
  spreadsheetIcon,
  terminalIcon
} from '@jupyterlab/ui-components';
import type { LabIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { IWhy } from '../common';

type IKind = IWhy['causes'][number]['kind'];

const ICONS: Readonly<Record<IKind, LabIcon>> = {
  code: codeIcon,
  inputs: spreadsheetIcon,
  parameters: settingsIcon,
  packages: extensionIcon,
  machine: terminalIcon
};

function kindWord(kind: IKind, trans: TranslationBundle): string {
  switch (kind) {
    case 'code':
      return trans.__('Code');
    case 'inputs':
      return trans.__('Data');
    case 'parameters':
      return trans.__('Parameters');
    case 'packages':
      return trans.__('Packages');
    case 'machine':
      return trans.__('Machine');
  }
}

export interface IWhyProps {
  load: () => Promise<IWhy>;
  showCell: (source: number) => void;
  trans: TranslationBundle;
}

function Place(props: IWhyProps & { why: IWhy }): JSX.Element | null {
  const { why, showCell, trans } = props;
  const { cell, line } = why;
  if (cell === null) {
    return null;
  }
  const place = !line
    ? trans.__('Cell %1', cell + 1)
    : line.file === null
      ? trans.__('Cell %1, line %2', cell + 1, line.number)
      : trans.__('Cell %1, %2 line %3', cell + 1, line.file, line.number);
  return (
    <p>
      <button
        type="button"
        className="jp-deploy-Link"
        onClick={() => showCell(cell)}
      >
        {place}
      </button>{' '}
      {line && <code>{line.text}</code>}
    </p>
  );
}

/** Why a run failed, the likeliest cause first; quiet while it is not known. */
export function Why(props: IWhyProps): JSX.Element | null {
  const { load, trans } = props;
  const [why, setWhy] = React.useState<IWhy | 'loading' | 'unknown'>('loading');
  React.useEffect(() => {
    let gone = false;
    void load()
      .catch(() => 'unknown' as const)
      .then(found => !gone && setWhy(found));
    return () => {
      gone = true;
    };
  }, []);
  if (why === 'unknown') {
    return null;
  }
  if (why === 'loading') {
    return (
      <p className="jp-deploy-Why jp-deploy-Muted">
        {trans.__('Looking for the cause…')}
      </p>
    );
  }
  return (
    <section className="jp-deploy-Why" aria-label={trans.__('Why it failed')}>
      <p>{why.sentence}</p>
      <Place {...props} why={why} />
      <ol>
        {why.causes.map(({ kind, message }) => {
          const Icon = ICONS[kind];
          return (
            <li key={message}>
              <Icon.react tag="span" className="jp-deploy-Why-icon" />
              <strong>{kindWord(kind, trans)}</strong> {message}
            </li>
          );
        })}
      </ol>
    </section>
  );
}
