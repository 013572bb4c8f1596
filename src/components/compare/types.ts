import type { components } from '../../api/schema';

type Schemas = components['schemas'];

export type IDiff = Schemas['Diff'];
export type IChange = Schemas['Change'];
export type IMetricChange = Schemas['MetricChange'];
export type ITableChange = Schemas['TableChange'];
export type ITableCell = Schemas['TableCell'];
export type IImageChange = Schemas['ImageChange'];
export type IPicture = Schemas['Picture'];
export type ITextChange = Schemas['TextChange'];
export type ICodeChange = Schemas['CodeChange'];
export type ICause = Schemas['Cause'];

/** The runs of a page; without `a` the last good one before `b` is meant. */
export interface IPair {
  readonly a: number | null;
  readonly b: number;
}

/** What a person adds to what means nothing. */
export interface IRules {
  /** Regular expressions. */
  readonly ignore: readonly string[];
  /** `NAME=NUMBER` */
  readonly tolerance: readonly string[];
}

export const noRules: IRules = { ignore: [], tolerance: [] };
