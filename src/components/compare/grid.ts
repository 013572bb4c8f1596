import type { ITableCell } from './types';

export interface IGridRow {
  readonly label: string;
  readonly cells: ReadonlyMap<string, ITableCell>;
}

export interface IGrid {
  readonly columns: readonly string[];
  readonly rows: readonly IGridRow[];
}

/** Changed cells as the part of the table in which they stand. */
export function gridOf(
  cells: readonly ITableCell[],
  order: readonly string[]
): IGrid {
  const rows = new Map<string, Map<string, ITableCell>>();
  const columns = new Set<string>();
  for (const cell of cells) {
    const row = rows.get(cell.row) ?? new Map<string, ITableCell>();
    rows.set(cell.row, row.set(cell.column, cell));
    columns.add(cell.column);
  }
  const known = order.filter(column => columns.has(column));
  return {
    columns: [...new Set([...known, ...columns])],
    rows: [...rows].map(([label, found]) => ({ label, cells: found }))
  };
}

/** Labels come before the values; columns have no names for them. */
export function headsOf(
  rows: readonly (readonly string[])[],
  columns: readonly string[]
): string[] {
  const labels = (rows[0]?.length ?? 0) - columns.length;
  return labels >= 0 ? [...Array<string>(labels).fill(''), ...columns] : [];
}
