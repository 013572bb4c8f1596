import type { components } from './schema';

export type IProblem = components['schemas']['Problem'];

/** What the server or the way to it complains about, in words for a person. */
export class ApiError extends Error {
  constructor(problem: Partial<IProblem> & { detail: string }) {
    super(problem.detail);
    this.name = 'ApiError';
    this.detail = problem.detail;
    this.status = problem.status ?? 0;
    this.field = problem.field ?? null;
    this.hint = problem.hint ?? null;
  }

  readonly detail: string;
  /** HTTP status, 0 when nothing answered. */
  readonly status: number;
  /** The input it is about, dotted: `schedule.cron`. */
  readonly field: string | null;
  readonly hint: string | null;
}

/** The problem of a failed answer; other bodies are not shown to people. */
export function readProblem(status: number, text: string): Partial<IProblem> {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return { status };
  }
  if (typeof body !== 'object' || body === null) {
    return { status };
  }
  const members = body as Record<string, unknown>;
  const words = (name: string): string | undefined => {
    const value = members[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  return {
    status,
    detail: words('detail') ?? words('message'),
    field: words('field') ?? null,
    hint: words('hint') ?? null
  };
}
