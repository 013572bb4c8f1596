import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { Scrolled } from './Block';
import { formatNumber } from './numbers';

export interface IValueRow {
  readonly name: string;
  readonly old: React.ReactNode;
  readonly new: React.ReactNode;
  /** What else there is to say. */
  readonly note?: string;
}

/** Names with their old and new values. */
export function Values(props: {
  /** What the names are of. */
  head: string;
  rows: readonly IValueRow[];
  trans: TranslationBundle;
}): JSX.Element {
  const { head, rows, trans } = props;
  const noted = rows.some(row => row.note);
  return (
    <Scrolled label={head}>
      <table className="jp-deploy-Values">
        <thead>
          <tr>
            <th scope="col">{head}</th>
            <th scope="col">{trans.__('Old')}</th>
            <th scope="col">{trans.__('New')}</th>
            {noted && <th scope="col">{trans.__('Change')}</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <tr key={row.name}>
              <th scope="row">{row.name}</th>
              <td>{row.old}</td>
              <td>{row.new}</td>
              {noted && <td>{row.note}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolled>
  );
}

/** Values at the paths of a document that changed. */
export function Paths(props: {
  old: unknown;
  now: unknown;
  trans: TranslationBundle;
}): JSX.Element | null {
  const old = entries(props.old);
  const now = entries(props.now);
  const names = [...new Set([...old.keys(), ...now.keys()])];
  if (names.length === 0) {
    return null;
  }
  const rows = names.map(name => ({
    name,
    old: formatNumber(old.get(name)),
    new: formatNumber(now.get(name))
  }));
  return (
    <Values head={props.trans.__('Path')} rows={rows} trans={props.trans} />
  );
}

function entries(side: unknown): Map<string, unknown> {
  return new Map(
    typeof side === 'object' && side !== null ? Object.entries(side) : []
  );
}
