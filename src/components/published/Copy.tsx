import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

export interface ICopyProps {
  text: string;
  /** What the button copies, for those who do not see what stands beside it. */
  label: string;
  trans: TranslationBundle;
}

/** Copies a text and says so for a moment. */
export function Copy(props: ICopyProps): JSX.Element {
  const { text, label, trans } = props;
  const [done, setDone] = React.useState(false);
  React.useEffect(() => {
    const timer = done ? window.setTimeout(() => setDone(false), 2000) : 0;
    return () => window.clearTimeout(timer);
  }, [done]);
  return (
    <button
      type="button"
      className="jp-deploy-Link"
      aria-label={label}
      onClick={() => {
        Clipboard.copyToSystem(text);
        setDone(true);
      }}
    >
      {done ? trans.__('Copied') : trans.__('Copy')}
    </button>
  );
}
