import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { Block, Scrolled, kindWord } from './Block';
import { gridOf, headsOf } from './grid';
import { formatDelta, formatNumber } from './numbers';
import type { IDiff, ITableCell, ITableChange } from './types';

interface ITableProps {
  table: ITableChange;
  trans: TranslationBundle;
}

/** "12 rows → 14 rows; 3 cells changed". */
function sizes({ table, trans }: ITableProps): string {
  const rows = (side: ITableChange['old']): string =>
    side ? trans._n('%1 row', '%1 rows', side.rows) : '';
  if (!table.counts) {
    const size = rows(table.old ?? table.new);
    return `${table.name}, ${kindWord(table.kind, trans)}: ${size}`;
  }
  const { changed } = table.counts;
  const cells = trans._n('%1 cell changed', '%1 cells changed', changed);
  const size =
    table.old?.rows === table.new?.rows
      ? rows(table.new)
      : `${rows(table.old)} → ${rows(table.new)}`;
  return `${table.name}: ${size}, ${cells}`;
}

function Changed({ cell }: { cell: ITableCell | undefined }): JSX.Element {
  if (!cell) {
    return <td className="jp-deploy-Muted">·</td>;
  }
  const delta = formatDelta(cell.change, cell.relative);
  return (
    <td className="jp-deploy-Number" title={delta || undefined}>
      <del>{formatNumber(cell.old)}</del> <ins>{formatNumber(cell.new)}</ins>
      {delta && <span className="jp-deploy-Unseen"> {delta}</span>}
    </td>
  );
}

/** Rows and columns in which something changed. */
function Cells({ table, trans }: ITableProps): JSX.Element | null {
  const cells = table.cells ?? [];
  if (cells.length === 0) {
    return null;
  }
  const grid = gridOf(cells, table.columns_new ?? []);
  const key = table.key?.[0];
  return (
    <Scrolled label={trans.__('Changed cells of %1', table.name)}>
      <table className="jp-deploy-Values">
        <thead>
          <tr>
            <th scope="col">
              {key && key !== 'index' ? key : trans.__('Row')}
            </th>
            {grid.columns.map(column => (
              <th key={column} scope="col" className="jp-deploy-Number">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {grid.rows.map(row => (
            <tr key={row.label}>
              <th scope="row">{row.label}</th>
              {grid.columns.map(column => (
                <Changed key={column} cell={row.cells.get(column)} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolled>
  );
}

function Rows(props: {
  kind: 'old' | 'new';
  label: string;
  rows: readonly (readonly string[])[];
  columns: readonly string[];
}): JSX.Element | null {
  const { kind, label, rows, columns } = props;
  if (rows.length === 0) {
    return null;
  }
  const Tag = kind === 'old' ? 'del' : 'ins';
  const heads = headsOf(rows, columns);
  return (
    <Scrolled label={label}>
      <table className="jp-deploy-Values" data-kind={kind}>
        <caption>{label}</caption>
        {heads.length > 0 && (
          <thead>
            <tr>
              {heads.map((head, index) =>
                head ? (
                  <th key={index} scope="col">
                    {head}
                  </th>
                ) : (
                  <td key={index} />
                )
              )}
            </tr>
          </thead>
        )}
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {row.map((value, at) => (
                <td key={at}>
                  <Tag>{value}</Tag>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolled>
  );
}

function Columns({ table, trans }: ITableProps): JSX.Element {
  const { columns_added: added = [], columns_removed: removed = [] } = table;
  return (
    <>
      {added.length > 0 && (
        <p>
          {trans._n('New column:', 'New columns:', added.length)}{' '}
          <ins>{added.join(', ')}</ins>
        </p>
      )}
      {removed.length > 0 && (
        <p>
          {trans._n(
            'Column no longer there:',
            'Columns no longer there:',
            removed.length
          )}{' '}
          <del>{removed.join(', ')}</del>
        </p>
      )}
    </>
  );
}

/** What the lists leave out. */
function Rest({ table, trans }: ITableProps): JSX.Element | null {
  const more = (table.counts?.changed ?? 0) - (table.cells?.length ?? 0);
  const notes = [
    more > 0 ? trans._n('And %1 more cell.', 'And %1 more cells.', more) : '',
    table.whole === false
      ? trans.__('Rows that the notebook left out were not compared.')
      : ''
  ].filter(Boolean);
  return notes.length > 0 ? (
    <p className="jp-deploy-Muted">{notes.join(' ')}</p>
  ) : null;
}

function Table(props: ITableProps & { diff: IDiff }): JSX.Element {
  const { diff, table, trans } = props;
  const added = table.counts?.added ?? 0;
  const removed = table.counts?.removed ?? 0;
  return (
    <Block diff={diff} change={table} detail={sizes(props)} trans={trans}>
      <Columns {...props} />
      <Cells {...props} />
      <Rows
        kind="new"
        label={trans._n('+ %1 new row', '+ %1 new rows', added)}
        rows={table.rows_added ?? []}
        columns={table.columns_new ?? []}
      />
      <Rows
        kind="old"
        label={trans._n(
          '− %1 row no longer there',
          '− %1 rows no longer there',
          removed
        )}
        rows={table.rows_removed ?? []}
        columns={table.columns_old ?? []}
      />
      <Rest {...props} />
    </Block>
  );
}

/** Tables by row: changed cells, rows and columns that came and went. */
export function Tables(props: {
  diff: IDiff;
  trans: TranslationBundle;
}): JSX.Element {
  return (
    <>
      {props.diff.tables.map((table, index) => (
        <Table key={index} table={table} {...props} />
      ))}
    </>
  );
}
