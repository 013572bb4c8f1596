import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

export interface IErrorNoticeProps {
  error: unknown;
  trans: TranslationBundle;
  /** What the reader was trying to see: "The runs could not be loaded." */
  title?: string;
  retry?: () => void;
}

/** The sentence of an error and its hint, whatever was thrown. */
export function errorText(error: unknown): { detail: string; hint?: string } {
  const hint =
    typeof error === 'object' && error !== null && 'hint' in error
      ? error.hint
      : undefined;
  return {
    detail: error instanceof Error ? error.message : String(error),
    hint: typeof hint === 'string' && hint ? hint : undefined
  };
}

/** What is wrong, what to do, and the next click. */
export function ErrorNotice(props: IErrorNoticeProps): JSX.Element {
  const { detail, hint } = errorText(props.error);
  return (
    <div className="jp-deploy-Error" role="alert">
      {props.title && <strong>{props.title}</strong>}
      <p>{detail}</p>
      {hint && <p className="jp-deploy-Error-hint">{hint}</p>}
      {props.retry && (
        <button
          type="button"
          className="jp-Button jp-mod-styled jp-mod-reject"
          onClick={props.retry}
        >
          {props.trans.__('Try again')}
        </button>
      )}
    </div>
  );
}
