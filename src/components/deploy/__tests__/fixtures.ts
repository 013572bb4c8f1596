import type { IDeploymentSummary } from '../../../tokens';
import type { IDeployment, IParameter } from '../../common/types';
import type { IInspection } from '../form';

export function parameter(
  name: string,
  type: IParameter['type'],
  value: unknown
): IParameter {
  return {
    name,
    type,
    default: value,
    default_source: JSON.stringify(value),
    help: null
  };
}

export function summary(
  part: Partial<IDeploymentSummary> = {}
): IDeploymentSummary {
  return {
    name: 'churn',
    version: 3,
    state: 'live',
    notebook: 'churn.ipynb',
    origin: null,
    parameters: {},
    schedule: null,
    schedule_text: null,
    next_fires: [],
    paused: false,
    created_at: '2026-11-24T12:00:00.000Z',
    created_by: 'anna',
    last_run: null,
    recent: [],
    candidate: null,
    ...part
  };
}

export function deployment(part: Partial<IDeployment> = {}): IDeployment {
  return {
    ...summary(),
    preflight: {
      mode: 'none',
      parameters: {},
      run: null,
      verdict: null,
      fault: null,
      reason: null,
      cell: null,
      findings: [],
      forecast: null,
      effects: null
    },
    environment: {
      digest: null,
      packages: [],
      locked: false,
      variables: [],
      kernelspec: null
    },
    parameter_schema: [],
    kernel: {
      name: 'python3',
      display_name: 'Python 3',
      language: 'python',
      interpreter: null
    },
    files: [],
    outputs: {},
    git: null,
    policies: {
      retry: { attempts: 3, backoff: 60, on: ['lost'] },
      timeout: { run: 7200, cell: 90, queue: null, kernel_start: 60 },
      max_running: 1,
      priority: 5,
      secrets: ['DB_URL']
    },
    ...part
  };
}

export function inspection(part: Partial<IInspection> = {}): IInspection {
  return {
    notebook: 'churn.ipynb',
    origin: null,
    name: 'churn',
    runs_in: 'live',
    parameters: [
      parameter('region', 'str', 'eu'),
      parameter('n_rows', 'int', 10)
    ],
    parameters_known: true,
    kernel: deployment().kernel,
    packages: 87,
    files: [],
    git: null,
    cells: 4,
    findings: [],
    possible_parameters: [],
    current: null,
    ...part
  };
}

export function file(path: string): IInspection['files'][number] {
  return { path, digest: `sha256:${'0'.repeat(64)}`, size: 5 };
}
