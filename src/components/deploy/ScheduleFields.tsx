import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { ISchedulePreview } from '../../api/client';
import { pageLocale } from '../common/format';
import { Field } from '../common/Field';
import type { IDeployForm, IFieldErrors } from './form';
import { atClock, clockOf, cronOf, patternOf } from './schedules';
import type { ICronKind, ICronPattern } from './schedules';

export interface IScheduleFieldsProps {
  form: IDeployForm;
  errors: IFieldErrors;
  preview: ISchedulePreview | null;
  onChange: (part: Partial<IDeployForm>) => void;
  trans: TranslationBundle;
}

/** When it runs: words first, the cron text beside them, the next times below. */
export function ScheduleFields(props: IScheduleFieldsProps): JSX.Element {
  const { form, errors, onChange, trans } = props;
  const [own, setOwn] = React.useState(false);
  const read = patternOf(form.cron);
  const pattern = own ? { ...read, kind: 'cron' as const } : read;
  const choose = (next: ICronPattern): void => {
    setOwn(next.kind === 'cron');
    onChange({ cron: cronOf(next) ?? form.cron });
  };
  return (
    <div className="jp-deploy-Schedule">
      <div className="jp-deploy-FieldRow">
        <KindField pattern={pattern} onChange={choose} trans={trans} />
        <DayField pattern={pattern} onChange={choose} trans={trans} />
        <ClockField pattern={pattern} onChange={choose} trans={trans} />
      </div>
      <div className="jp-deploy-FieldRow">
        <Field label={trans.__('Cron')} error={errors['schedule.cron']}>
          {attributes => (
            <input
              {...attributes}
              type="text"
              spellCheck={false}
              value={form.cron}
              onChange={event => onChange({ cron: event.target.value })}
            />
          )}
        </Field>
        <ZoneField {...props} />
      </div>
      <Preview preview={props.preview} trans={trans} />
    </div>
  );
}

interface IPatternProps {
  pattern: ICronPattern;
  onChange: (pattern: ICronPattern) => void;
  trans: TranslationBundle;
}

function KindField(props: IPatternProps): JSX.Element {
  const { pattern, onChange, trans } = props;
  const names: [ICronKind, string][] = [
    ['hourly', trans.__('Every hour')],
    ['daily', trans.__('Every day')],
    ['weekdays', trans.__('Monday to Friday')],
    ['weekly', trans.__('Every week')],
    ['monthly', trans.__('Every month')],
    ['cron', trans.__('As the cron text says')]
  ];
  return (
    <Field label={trans.__('How often')}>
      {attributes => (
        <select
          {...attributes}
          value={pattern.kind}
          onChange={event =>
            onChange({ ...pattern, kind: event.target.value as ICronKind })
          }
        >
          {names.map(([kind, name]) => (
            <option key={kind} value={kind}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

function DayField(props: IPatternProps): JSX.Element | null {
  const { pattern, onChange, trans } = props;
  if (pattern.kind === 'weekly') {
    return (
      <Field label={trans.__('Weekday')}>
        {attributes => (
          <select
            {...attributes}
            value={pattern.weekday}
            onChange={event =>
              onChange({ ...pattern, weekday: Number(event.target.value) })
            }
          >
            {[1, 2, 3, 4, 5, 6, 0].map(day => (
              <option key={day} value={day}>
                {weekdayName(day)}
              </option>
            ))}
          </select>
        )}
      </Field>
    );
  }
  if (pattern.kind !== 'monthly') {
    return null;
  }
  return (
    <Field label={trans.__('Day of the month')}>
      {attributes => (
        <input
          {...attributes}
          type="number"
          min={1}
          max={31}
          value={pattern.day}
          onChange={event =>
            onChange({ ...pattern, day: dayWithin(event.target.value) })
          }
        />
      )}
    </Field>
  );
}

function dayWithin(text: string): number {
  return Math.min(31, Math.max(1, Math.round(Number(text)) || 1));
}

/** In the page's language; 5 January 2025 was a Sunday. */
function weekdayName(day: number): string {
  return new Date(2025, 0, 5 + day).toLocaleDateString(pageLocale(), {
    weekday: 'long'
  });
}

function ClockField(props: IPatternProps): JSX.Element | null {
  const { pattern, onChange, trans } = props;
  if (pattern.kind === 'cron' || pattern.kind === 'hourly') {
    return null;
  }
  return (
    <Field label={trans.__('At')}>
      {attributes => (
        <input
          {...attributes}
          type="time"
          value={clockOf(pattern)}
          onChange={event => onChange(atClock(pattern, event.target.value))}
        />
      )}
    </Field>
  );
}

function ZoneField(props: IScheduleFieldsProps): JSX.Element {
  const { form, errors, onChange, trans } = props;
  const list = React.useId();
  const zones = React.useMemo(() => Intl.supportedValuesOf('timeZone'), []);
  return (
    <Field label={trans.__('Time zone')} error={errors['schedule.timezone']}>
      {attributes => (
        <>
          <input
            {...attributes}
            type="text"
            list={list}
            spellCheck={false}
            value={form.timezone}
            onChange={event => onChange({ timezone: event.target.value })}
          />
          <datalist id={list}>
            {zones.map(zone => (
              <option key={zone} value={zone} />
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}

/** The next times, by the clock of the schedule's own zone. */
function Preview(props: {
  preview: ISchedulePreview | null;
  trans: TranslationBundle;
}): JSX.Element {
  const { preview, trans } = props;
  const show = (at: string): string =>
    new Date(at).toLocaleString(pageLocale(), {
      weekday: 'short',
      day: 'numeric',
      month: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hour12: false,
      timeZone: preview?.timezone
    });
  return (
    <p className="jp-deploy-Preview" role="status">
      {preview && (
        <>
          <strong>{preview.text}</strong>
          <span className="jp-deploy-Muted">
            {trans.__('next: %1', preview.next_fires.map(show).join(' · '))}
          </span>
        </>
      )}
    </p>
  );
}
