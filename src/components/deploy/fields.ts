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
  'secrets'
];

/** What is captured and found depends on these. */
export const CAPTURED = ['files', 'packages', 'secrets'] as const;

/** Part of the form → field of the request. */
export const FIELD_OF: Readonly<Record<string, string>> = {
  cron: 'schedule.cron',
  replace: 'name',
  retries: 'retry.attempts',
  runLimit: 'timeout.run',
  runsIn: 'environment',
  cellLimit: 'timeout.cell',
  timezone: 'schedule.timezone'
};

/** Whether the next due times are others. */
export function touchesSchedule(part: Partial<IDeployForm>): boolean {
  return (
    part.scheduled !== undefined ||
    part.cron !== undefined ||
    part.timezone !== undefined
  );
}
