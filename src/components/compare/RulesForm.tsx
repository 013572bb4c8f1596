import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { ApiError } from '../../api/problem';
import { Field } from '../common';
import { badTolerance, readRules } from './rules';
import type { IDiff, IRules } from './types';

/** Names that the help mentions. */
const MOST = 5;

export interface IRulesFormProps {
  diff: IDiff;
  rules: IRules;
  error: unknown;
  onChange: (rules: IRules) => void;
  trans: TranslationBundle;
}

/** Metrics and columns that changed: those may be tolerated. */
function namesIn(diff: IDiff): string[] {
  const columns = diff.tables.flatMap(table => table.cells ?? []);
  const names = [
    ...diff.metrics.map(metric => metric.name),
    ...columns.map(cell => cell.column)
  ];
  return [...new Set(names)].slice(0, MOST);
}

/** What was wrong with the rules that were sent, until they are changed. */
function errorOf(
  props: IRulesFormProps,
  field: keyof IRules,
  typed: IRules
): string | undefined {
  const { error, rules } = props;
  const sent = rules[field].join('\n') === typed[field].join('\n');
  return sent && error instanceof ApiError && error.field === field
    ? error.detail
    : undefined;
}

/** Own patterns to ignore, and by how much numbers may differ. */
export function RulesForm(props: IRulesFormProps): JSX.Element {
  const { rules, trans } = props;
  const [patterns, setPatterns] = React.useState(rules.ignore.join('\n'));
  const [tolerances, setTolerances] = React.useState(
    rules.tolerance.join('\n')
  );
  const typed = readRules(patterns, tolerances);
  const bad = badTolerance(typed);
  const names = namesIn(props.diff).join(', ');
  return (
    <form
      className="jp-deploy-Rules"
      onSubmit={event => {
        event.preventDefault();
        if (bad === null) {
          props.onChange(typed);
        }
      }}
    >
      <Field
        label={trans.__('Ignore text like')}
        error={errorOf(props, 'ignore', typed)}
        help={trans.__('One regular expression a line.')}
      >
        {attributes => (
          <textarea
            {...attributes}
            rows={2}
            spellCheck={false}
            value={patterns}
            onChange={event => setPatterns(event.target.value)}
          />
        )}
      </Field>
      <Field
        label={trans.__('Let numbers differ by')}
        error={
          bad === null
            ? errorOf(props, 'tolerance', typed)
            : trans.__('“%1” is not like auc = 0.01.', bad)
        }
        help={
          names
            ? trans.__('One a line, such as auc = 0.01. Here: %1.', names)
            : trans.__('One a line, such as auc = 0.01.')
        }
      >
        {attributes => (
          <textarea
            {...attributes}
            rows={2}
            spellCheck={false}
            value={tolerances}
            onChange={event => setTolerances(event.target.value)}
          />
        )}
      </Field>
      <div className="jp-deploy-Actions">
        <button
          type="submit"
          className="jp-Button jp-mod-styled jp-mod-reject"
          disabled={bad !== null}
        >
          {trans.__('Compare again')}
        </button>
      </div>
    </form>
  );
}
