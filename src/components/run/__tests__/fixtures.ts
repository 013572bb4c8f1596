import type { ILedgerEntry, IRun } from '../../common/types';

export const START = '2026-11-24T12:00:00.000Z';

export function run(part: Partial<IRun> = {}): IRun {
  return {
    id: 7,
    deployment: 'churn',
    version: 3,
    trigger: 'manual',
    state: 'succeeded',
    verdict: 'succeeded',
    fault: null,
    reason: null,
    cell: null,
    due_at: null,
    created_at: START,
    created_by: 'anna',
    started_at: START,
    ended_at: null,
    duration: 12,
    parameters: {},
    attempts: [],
    progress: null,
    metrics: {},
    outputs: [],
    cost: null,
    not_before: null,
    pinned: false,
    pruned_at: null,
    why: 'Started by anna.',
    ...part
  };
}

export function entry(
  seq: number,
  kind: ILedgerEntry['kind'],
  part: Partial<ILedgerEntry> = {}
): ILedgerEntry {
  return { seq, at: START, kind, ...part };
}
