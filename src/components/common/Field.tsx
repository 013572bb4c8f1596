import * as React from 'react';

export interface IFieldProps {
  label: React.ReactNode;
  /** What is wrong; announced, and tied to the input. */
  error?: string;
  help?: React.ReactNode;
  /** The input, given what ties it to its label and text. */
  children: (attributes: IInputAttributes) => React.ReactNode;
}

export interface IInputAttributes {
  id: string;
  className: string;
  'aria-invalid': boolean;
  'aria-describedby': string | undefined;
}

/** A labelled input with its help or, in the same place, its error. */
export function Field(props: IFieldProps): JSX.Element {
  const id = React.useId();
  const text = props.error ?? props.help;
  return (
    <div className="jp-deploy-Field">
      <label htmlFor={id}>{props.label}</label>
      {props.children({
        id,
        className: 'jp-mod-styled',
        'aria-invalid': props.error !== undefined,
        'aria-describedby': text ? `${id}-text` : undefined
      })}
      {text && (
        <p
          id={`${id}-text`}
          role={props.error ? 'alert' : undefined}
          className={props.error ? 'jp-deploy-Field-error' : 'jp-deploy-Muted'}
        >
          {text}
        </p>
      )}
    </div>
  );
}
