import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { cellLine, cellName } from './outline';
import type { IDiff } from './types';
import { changeMark } from './walking';

export interface IBlockProps {
  diff: IDiff;
  change: Parameters<typeof cellName>[0];
  /** What of the cell it is, and how it changed. */
  detail: string;
  children?: React.ReactNode;
  trans: TranslationBundle;
}

/** One change: in which cell, what of it, and the evidence. */
export function Block(props: IBlockProps): JSX.Element {
  const { diff, change, trans } = props;
  const id = React.useId();
  const line = cellLine(diff, change);
  return (
    <article
      className="jp-deploy-Change"
      aria-labelledby={`${id}-head`}
      {...changeMark}
    >
      <h4 id={`${id}-head`}>
        <span>{cellName(change, trans)}</span>
        {line && <code>{line}</code>}
        <span className="jp-deploy-Muted">{props.detail}</span>
      </h4>
      {props.children}
    </article>
  );
}

/** "changed", "new", "gone". */
export function kindWord(kind: string, trans: TranslationBundle): string {
  switch (kind) {
    case 'added':
      return trans.__('new');
    case 'removed':
      return trans.__('no longer there');
    default:
      return trans.__('changed');
  }
}

/** Wide content scrolls by itself, also with the keyboard. */
export function Scrolled(props: {
  label: string;
  children: React.ReactNode;
}): JSX.Element {
  return (
    <div
      className="jp-deploy-Scrolled"
      role="group"
      aria-label={props.label}
      tabIndex={0}
    >
      {props.children}
    </div>
  );
}
