import { ApiError } from '../../api/client';
import type { IDeployForm } from './form';

/** Fields that the form can mark; a problem with any other is shown above it. */
export const FIELDS = [
  'name',
  'files',
  'environment',
  'packages',
  'schedule.cron',
  'schedule.timezone',
  'retry.attempts',
  'timeout.run',
  'timeout.cell',
  'secrets',
  'preflight'
];

/** What is captured and found depends on these. */
export const CAPTURED = ['files', 'packages', 'secrets'] as const;

const FIELD_OF: Readonly<Record<string, string>> = {
  cron: 'schedule.cron',
  replace: 'name',
  retries: 'retry.attempts',
  runLimit: 'timeout.run',
  runsIn: 'environment',
  cellLimit: 'timeout.cell',
  timezone: 'schedule.timezone'
};

/** The field of the request that this part of the form becomes. */
export function fieldOf(part: string): string {
  return FIELD_OF[part] ?? part;
}

export function touchesSchedule(part: Partial<IDeployForm>): boolean {
  return (
    part.scheduled !== undefined ||
    part.cron !== undefined ||
    part.timezone !== undefined
  );
}

/** What an error says, and what helps. */
export function sentence(error: unknown): string {
  const hint = error instanceof ApiError ? error.hint : null;
  const detail = error instanceof Error ? error.message : String(error);
  return [detail, hint].filter(Boolean).join(' ');
}
