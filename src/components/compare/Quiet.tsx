import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { Scrolled } from './Block';
import { formatNumber } from './numbers';
import { cellName } from './outline';
import type { IDiff } from './types';

interface IQuietProps {
  diff: IDiff;
  trans: TranslationBundle;
}

/** Cells in which nothing changed, folded. */
export function Unchanged({ diff, trans }: IQuietProps): JSX.Element | null {
  const cells = diff.cells.filter(cell => !cell.changed);
  if (cells.length === 0) {
    return null;
  }
  return (
    <details className="jp-deploy-Unchanged">
      <summary>
        {trans._n('%1 unchanged cell', '%1 unchanged cells', cells.length)}
      </summary>
      <ul>
        {cells.map((cell, index) => (
          <li key={index}>
            {cellName(cell, trans)} <code>{cell.line}</code>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** "14 differences hidden: timings (9), addresses (5)" */
export function hiddenSentence(
  hidden: IDiff['hidden'],
  trans: TranslationBundle
): string {
  if (hidden.count === 0) {
    return trans.__('Nothing is hidden.');
  }
  const kinds = Object.entries(hidden.kinds)
    .map(([kind, count]) => `${kind} (${count})`)
    .join(', ');
  return trans._n(
    '%1 difference hidden: %2',
    '%1 differences hidden: %2',
    hidden.count,
    kinds
  );
}

/** Differences that mean nothing. */
export function Hidden({ diff, trans }: IQuietProps): JSX.Element {
  const { examples, count } = diff.hidden;
  return (
    <>
      <Scrolled label={trans.__('Hidden differences')}>
        <table className="jp-deploy-Values">
          <thead>
            <tr>
              <th scope="col">{trans.__('Where')}</th>
              <th scope="col">{trans.__('What')}</th>
              <th scope="col">{trans.__('Old')}</th>
              <th scope="col">{trans.__('New')}</th>
            </tr>
          </thead>
          <tbody>
            {examples.map((example, index) => (
              <tr key={index}>
                <th scope="row">{cellName(example, trans)}</th>
                <td>{example.kind}</td>
                <td>
                  <code>{formatNumber(example.old)}</code>
                </td>
                <td>
                  <code>{formatNumber(example.new)}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scrolled>
      {examples.length < count && (
        <p className="jp-deploy-Muted">
          {trans.__('The first %1 of %2.', examples.length, count)}
        </p>
      )}
    </>
  );
}
