import type { IChange, IDiff } from '../types';

export function change(part: Partial<IChange> = {}): IChange {
  return {
    cell_a: 0,
    cell_b: 0,
    kind: 'changed',
    old: null,
    new: null,
    ...part
  };
}

/** No difference, or these. */
export function diff(part: Partial<IDiff> = {}): IDiff {
  return {
    a: 6,
    b: 7,
    deployments: ['churn', 'churn'],
    same: false,
    summary: 'Results differ in 1 metric.',
    notes: [],
    cells: [],
    metrics: [],
    tables: [],
    images: [],
    texts: [],
    errors: [],
    causes: {
      parameters: [],
      code: [],
      environment: [],
      inputs: [],
      durations: []
    },
    hidden: { count: 0, kinds: {}, examples: [] },
    ...part
  };
}

const png = (data: string | null): Record<string, unknown> => ({
  output: 0,
  media_type: 'image/png',
  digest: 'sha256:00',
  data
});

/** One change of each kind. */
export const everything = diff({
  cells: [
    { cell_a: 0, cell_b: 0, line: 'import os', changed: false },
    { cell_a: 1, cell_b: 1, line: 'evaluate(model)', changed: true }
  ],
  metrics: [
    {
      ...change({ cell_a: 1, cell_b: 1, old: 0.9, new: 0.8 }),
      name: 'auc',
      change: -0.1,
      relative: -0.111
    }
  ],
  tables: [
    {
      ...change(),
      old: { rows: 2, columns: 1 },
      new: { rows: 2, columns: 2 },
      name: 'table',
      key: ['region'],
      columns_old: ['region', 'sales'],
      columns_new: ['region', 'sales', 'cost'],
      columns_added: ['cost'],
      columns_removed: [],
      rows_added: [['uk', '4', '1']],
      rows_removed: [['jp', '3']],
      cells: [
        { row: 'eu', column: 'sales', old: 1, new: 2, change: 1, relative: 1 }
      ],
      counts: { added: 1, removed: 1, changed: 3 },
      whole: true
    },
    {
      ...change({ kind: 'added', cell_a: null, cell_b: 4 }),
      name: 'table',
      old: null,
      new: { rows: 5, columns: 2 }
    }
  ],
  images: [
    {
      ...change(),
      media_type: 'image/png',
      similarity: 0.9812,
      old: png('AAAA'),
      new: png('BBBB')
    },
    {
      ...change(),
      media_type: 'application/vnd.plotly.v1+json',
      old: { '/data/0/y/2': 3 },
      new: { '/data/0/y/2': 5 }
    }
  ],
  texts: [
    { ...change({ old: 'it is good', new: 'it is bad' }), name: 'stdout' },
    {
      ...change({ old: { '/a': '<b>1</b>' }, new: { '/a': 2 } }),
      name: 'application/json'
    }
  ],
  errors: [
    change({ kind: 'added', new: { name: 'KeyError', value: "'price'" } })
  ],
  causes: {
    parameters: [{ name: 'n', kind: 'changed', old: 5, new: 7 }],
    code: [
      {
        ...change({ old: 'a = 1', new: 'a = 2' }),
        diff: '@@ -1 +1 @@\n-a = 1\n+a = 2'
      }
    ],
    environment: [
      { name: 'numpy', kind: 'changed', old: '1.0', new: '2.0' },
      { name: 'pandas', kind: 'added', old: null, new: '2.0' }
    ],
    inputs: [
      {
        name: 'orders.csv',
        kind: 'changed',
        old: { digest: 'sha256:aaaabbbbcccc', size: 1000 },
        new: { digest: 'sha256:ddddeeeeffff', size: 600 }
      }
    ],
    durations: [change({ old: 10, new: 25 })]
  },
  hidden: {
    count: 14,
    kinds: { timings: 9, addresses: 5 },
    examples: [change({ kind: 'timings', old: '1 s', new: '2 s' })]
  }
});
