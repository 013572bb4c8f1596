import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

/** What is chosen to be compared, and the button for it. */
export function CompareBar(props: {
  chosen: readonly number[];
  onCompare: (a: number, b: number) => void;
  onClear: () => void;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { chosen, trans } = props;
  if (chosen.length === 0) {
    return null;
  }
  const [a, b] = [...chosen].sort((one, other) => one - other);
  return (
    <div className="jp-deploy-CompareBar">
      <span role="status">
        {chosen.length === 1
          ? trans.__('Run %1 is chosen; choose another one to compare.', a)
          : trans.__('Runs %1 and %2 are chosen.', a, b)}
      </span>
      <div className="jp-deploy-Actions">
        <button
          type="button"
          className="jp-Button jp-mod-styled jp-mod-accept"
          disabled={chosen.length < 2}
          onClick={() => props.onCompare(a, b)}
        >
          {trans.__('Compare')}
        </button>
        <button
          type="button"
          className="jp-Button jp-mod-styled jp-mod-reject"
          onClick={props.onClear}
        >
          {trans.__('Clear')}
        </button>
      </div>
    </div>
  );
}
