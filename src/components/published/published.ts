import type { TranslationBundle } from '@jupyterlab/translation';
import type { components } from '../../api/schema';
import { formatBytes, pageLocale } from '../common/format';
import { dayAndClock } from '../runs/summary';

export type IOutputList = components['schemas']['OutputList'];
export type IPublishedOutput = components['schemas']['PublishedOutput'];
export type IToken = components['schemas']['Token'];
export type INewToken = components['schemas']['NewToken'];
export type ITablePage = components['schemas']['TablePage'];

/** How fresh what readers see is, on the clock of who looks. */
export function freshnessSentence(
  list: IOutputList,
  now: Date,
  trans: TranslationBundle
): string {
  const { current } = list;
  if (!current) {
    return trans.__('Nothing is published yet; the first good run will.');
  }
  const at = dayAndClock(current.data_at, now, trans);
  const told = trans.__('Data of %1, of run %2.', at, current.run);
  return current.warning
    ? `${told} ${trans.__('The run warned: %1', current.warning)}`
    : told;
}

/** What it is, in a few words. */
export function outputLine(
  output: IPublishedOutput,
  trans: TranslationBundle
): string {
  if (!output.published) {
    return trans.__('not published yet');
  }
  const count = (value: number): string => value.toLocaleString(pageLocale());
  switch (output.kind) {
    case 'metric':
      return [output.value, output.unit].filter(one => one !== null).join(' ');
    case 'table':
      return trans.__(
        '%1 rows, %2 columns',
        count(output.rows ?? 0),
        output.columns.length
      );
    default:
      return output.size === null ? '' : formatBytes(output.size);
  }
}

export function kindWord(
  output: IPublishedOutput,
  trans: TranslationBundle
): string {
  switch (output.kind) {
    case 'report':
      return trans.__('Report');
    case 'table':
      return trans.__('Table');
    case 'file':
      return trans.__('File');
    case 'metric':
      return trans.__('Metric');
  }
}

/** A line for a terminal; the reader puts a token into the variable. */
export function curlLine(address: string): string {
  return `curl -H "Authorization: token $TOKEN" '${address}'`;
}
