import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { Block, kindWord } from './Block';
import { textLines } from './lines';
import { LineList } from './LineList';
import type { IChange, IDiff, ITextChange } from './types';
import { Paths } from './Values';

interface ISectionProps {
  diff: IDiff;
  trans: TranslationBundle;
}

function asText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** Which text of the cell it is. */
function textName(name: string, trans: TranslationBundle): string {
  switch (name) {
    case 'stdout':
      return trans.__('printed');
    case 'stderr':
      return trans.__('printed as warnings and errors');
    case 'text/plain':
      return trans.__('result');
    case 'text/html':
      return trans.__('text of its HTML');
    default:
      return name;
  }
}

function Evidence(props: {
  text: ITextChange;
  trans: TranslationBundle;
}): JSX.Element {
  const { text, trans } = props;
  const [old, now] = [asText(text.old), asText(text.new)];
  if (old === null && now === null) {
    return <Paths old={text.old} now={text.new} trans={trans} />;
  }
  const shown = Math.max(
    ...[old, now].map(side => side?.split('\n').length ?? 0)
  );
  return (
    <>
      <LineList lines={textLines(old, now)} />
      {(text.lines ?? 0) > shown && (
        <p className="jp-deploy-Muted">
          {trans.__('%1 lines differ; the first are shown.', text.lines)}
        </p>
      )}
    </>
  );
}

/** What was printed and said, line by line. */
export function Texts({ diff, trans }: ISectionProps): JSX.Element {
  return (
    <>
      {diff.texts.map((text, index) => (
        <Block
          key={index}
          diff={diff}
          change={text}
          detail={`${textName(text.name, trans)}, ${kindWord(text.kind, trans)}`}
          trans={trans}
        >
          <Evidence text={text} trans={trans} />
        </Block>
      ))}
    </>
  );
}

function errorText(side: unknown): string | null {
  if (typeof side !== 'object' || side === null) {
    return null;
  }
  const { name, value } = side as { name?: unknown; value?: unknown };
  return [name, value].filter(Boolean).join(': ');
}

/** Errors with which cells ended. */
export function Errors({ diff, trans }: ISectionProps): JSX.Element {
  return (
    <>
      {diff.errors.map((error: IChange, index) => (
        <Block
          key={index}
          diff={diff}
          change={error}
          detail={kindWord(error.kind, trans)}
          trans={trans}
        >
          <LineList
            lines={textLines(errorText(error.old), errorText(error.new))}
          />
        </Block>
      ))}
    </>
  );
}
