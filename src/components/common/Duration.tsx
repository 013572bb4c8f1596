import * as React from 'react';
import { useNow } from './clock';
import { formatDuration, formatElapsed } from './format';

export interface IDurationProps {
  /** Seconds, once known. */
  seconds?: number | null;
  /** Start of what is still under way: the figure ticks. */
  since?: string | null;
}

/** A length of time with its unit; ticks while `seconds` is not known. */
export function Duration({ seconds, since }: IDurationProps): JSX.Element {
  const ticking = (seconds ?? null) === null && Boolean(since);
  const now = useNow(ticking ? 1000 : null);
  let text = '';
  if (seconds !== null && seconds !== undefined) {
    text = formatDuration(seconds);
  } else if (since) {
    text = formatElapsed((now.getTime() - Date.parse(since)) / 1000);
  }
  return <span className="jp-deploy-Duration">{text}</span>;
}
