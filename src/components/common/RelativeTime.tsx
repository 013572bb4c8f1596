import * as React from 'react';
import { useNow } from './clock';
import { formatExact, formatRelative } from './format';

export interface IRelativeTimeProps {
  /** ISO 8601 */
  at: string;
  style?: Intl.RelativeTimeFormatStyle;
}

/** "2 minutes ago", the exact time on hover; keeps itself up to date. */
export function RelativeTime({ at, style }: IRelativeTimeProps): JSX.Element {
  const now = useNow(10_000);
  const moment = new Date(at);
  return (
    <time dateTime={at} title={formatExact(moment)}>
      {formatRelative(moment, now, style)}
    </time>
  );
}
