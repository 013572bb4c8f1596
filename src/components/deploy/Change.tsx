import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { LineList } from '../compare/LineList';
import { lineChanges } from './edits';
import type { IEdit } from './edits';

export interface IChangeProps {
  edits: readonly IEdit[];
  /** What else happens when it is accepted. */
  more: string | null;
  /** What the button says where it is one of many; then it is a plain one. */
  label?: string;
  onAccept: () => void;
  trans: TranslationBundle;
}

/** A change of the notebook: first a button, then each cell before and after, and the question. */
export function Change(props: IChangeProps): JSX.Element {
  const { edits, label, more, onAccept, trans } = props;
  const [open, setOpen] = React.useState(false);
  const opener = React.useRef<HTMLButtonElement>(null);
  const shown = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => {
    shown.current?.scrollIntoView({ block: 'nearest' });
  }, [open]);
  const close = (): void => {
    setOpen(false);
    opener.current?.focus();
  };
  return (
    <>
      <button
        type="button"
        ref={opener}
        className={`jp-Button jp-mod-styled ${label ? 'jp-mod-minimal' : 'jp-mod-accept jp-deploy-Fix'}`}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {label ?? trans.__('Change the notebook…')}
      </button>
      {open && (
        <div
          ref={shown}
          className="jp-deploy-Change"
          role="group"
          aria-label={trans.__('Change of the notebook')}
        >
          {edits.map((edit, index) => (
            <React.Fragment key={index}>
              <b>{placeOf(edit, trans)}</b>
              <LineList lines={lineChanges(edit.before, edit.after)} />
            </React.Fragment>
          ))}
          {more && <p className="jp-deploy-Muted">{more}</p>}
          <button
            type="button"
            className="jp-Button jp-mod-styled jp-mod-accept"
            onClick={onAccept}
          >
            {trans.__('Change')}
          </button>
          <button
            type="button"
            className="jp-Button jp-mod-styled jp-mod-reject"
            onClick={close}
          >
            {trans.__('Leave it')}
          </button>
        </div>
      )}
    </>
  );
}

function placeOf(edit: IEdit, trans: TranslationBundle): string {
  const cell = edit.cell + 1;
  if (edit.before !== null) {
    return trans.__('Cell %1', cell);
  }
  return edit.tags.length > 0
    ? trans.__('New before cell %1, tagged “%2”', cell, edit.tags.join(', '))
    : trans.__('New before cell %1', cell);
}
