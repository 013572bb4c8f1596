import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDiff } from './types';

export type ISectionName =
  'metrics' | 'tables' | 'images' | 'texts' | 'errors' | 'causes';

export interface ISection {
  readonly name: ISectionName;
  readonly title: string;
  readonly count: number;
}

/** The sections of the page in their order, and how many changes each has. */
export function outline(diff: IDiff, trans: TranslationBundle): ISection[] {
  const causes = Object.values(diff.causes);
  const section = (
    name: ISectionName,
    title: string,
    count: number
  ): ISection => ({ name, title, count });
  return [
    section('metrics', trans.__('Metrics'), diff.metrics.length),
    section('tables', trans.__('Tables'), diff.tables.length),
    section('images', trans.__('Plots'), diff.images.length),
    section('texts', trans.__('Text'), diff.texts.length),
    section('errors', trans.__('Errors'), diff.errors.length),
    section(
      'causes',
      trans.__('Possible causes'),
      causes.reduce((sum, changes) => sum + changes.length, 0)
    )
  ];
}

/** How many changes n and p walk along; causes of a kind are one, but for code. */
export function countStops(diff: IDiff): number {
  const { code, parameters, environment, inputs, durations } = diff.causes;
  const groups = [parameters, environment, inputs, durations];
  return (
    diff.metrics.length +
    diff.tables.length +
    diff.images.length +
    diff.texts.length +
    diff.errors.length +
    code.length +
    groups.filter(group => group.length > 0).length
  );
}

type IPlaced = Pick<IDiff['cells'][number], 'cell_a' | 'cell_b'>;

/** "Cell 4", "Cell 3, before cell 2", counted as people do. */
export function cellName(place: IPlaced, trans: TranslationBundle): string {
  const { cell_a: a, cell_b: b } = place;
  if (a === null && b === null) {
    return trans.__('Parameters');
  }
  if (b === null) {
    return trans.__('Cell %1, no longer there', (a ?? 0) + 1);
  }
  if (a === null) {
    return trans.__('Cell %1, new', b + 1);
  }
  return a === b
    ? trans.__('Cell %1', b + 1)
    : trans.__('Cell %1, before cell %2', b + 1, a + 1);
}

/** The line of code by which a reader knows the cell again. */
export function cellLine(diff: IDiff, place: IPlaced): string {
  const found = diff.cells.find(
    cell => cell.cell_a === place.cell_a && cell.cell_b === place.cell_b
  );
  return found?.line ?? '';
}
