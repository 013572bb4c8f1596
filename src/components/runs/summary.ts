import type { TranslationBundle } from '@jupyterlab/translation';
import { daysAgo, formatClock, formatDate } from '../common/format';
import type { IDeployment } from '../common/types';
import { personName } from '../common/words';

/** "today 06:02", "yesterday 06:02", "12 Nov 06:02". */
export function dayAndClock(
  at: string,
  now: Date,
  trans: TranslationBundle
): string {
  const moment = new Date(at);
  const clock = formatClock(moment);
  switch (daysAgo(moment, now)) {
    case -1:
      return trans.__('tomorrow %1', clock);
    case 0:
      return trans.__('today %1', clock);
    case 1:
      return trans.__('yesterday %1', clock);
    default:
      return `${formatDate(moment, now)} ${clock}`;
  }
}

/** What the deployment is and how it is, in the parts of one line. */
export function deploymentLine(
  deployment: IDeployment,
  now: Date,
  trans: TranslationBundle
): string[] {
  return [
    when(deployment, trans),
    next(deployment, now, trans),
    lastGood(deployment, now, trans),
    version(deployment, now, trans)
  ].filter(Boolean);
}

function when(deployment: IDeployment, trans: TranslationBundle): string {
  const { schedule, schedule_text } = deployment;
  if (!schedule || !schedule_text) {
    return trans.__('Runs when you start it');
  }
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const text =
    schedule.timezone === zone
      ? schedule_text
      : `${schedule_text} (${schedule.timezone})`;
  return deployment.paused
    ? trans.__('Paused, otherwise runs %1', decapitalise(text))
    : trans.__('Runs %1', decapitalise(text));
}

/** "Daily at 06:00" inside a sentence; "MON" and the like stay. */
function decapitalise(text: string): string {
  return /^[A-Z][a-z]/.test(text)
    ? text[0].toLowerCase() + text.slice(1)
    : text;
}

function next(
  deployment: IDeployment,
  now: Date,
  trans: TranslationBundle
): string {
  const [fire] = deployment.next_fires;
  return fire && !deployment.paused
    ? trans.__('next %1', dayAndClock(fire, now, trans))
    : '';
}

function lastGood(
  deployment: IDeployment,
  now: Date,
  trans: TranslationBundle
): string {
  const good = [...deployment.recent]
    .reverse()
    .find(run => run.state === 'succeeded');
  if (good) {
    const at = good.ended_at ?? good.created_at;
    return trans.__('last good %1', dayAndClock(at, now, trans));
  }
  return deployment.last_run
    ? trans.__('no recent run succeeded')
    : trans.__('never run yet');
}

function version(
  deployment: IDeployment,
  now: Date,
  trans: TranslationBundle
): string {
  const date = formatDate(new Date(deployment.created_at), now);
  const person = personName(deployment.created_by);
  return person
    ? trans.__('version %1 of %2 by %3', deployment.version, date, person)
    : trans.__('version %1 of %2', deployment.version, date);
}
