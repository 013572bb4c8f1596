import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { formatBytes, formatDuration, formatValue } from '../common';
import { Block, kindWord } from './Block';
import { codeLines } from './lines';
import { LineList } from './LineList';
import { formatShare } from './numbers';
import { cellName } from './outline';
import type { ICause, IDiff } from './types';
import { Values } from './Values';
import type { IValueRow } from './Values';
import { changeMark } from './walking';

interface ISectionProps {
  diff: IDiff;
  trans: TranslationBundle;
}

function Group(props: {
  title: string;
  head: string;
  rows: readonly IValueRow[];
  trans: TranslationBundle;
}): JSX.Element | null {
  const { title, head, rows, trans } = props;
  const id = React.useId();
  if (rows.length === 0) {
    return null;
  }
  return (
    <article
      className="jp-deploy-Change"
      aria-labelledby={`${id}-head`}
      {...changeMark}
    >
      <h4 id={`${id}-head`}>{title}</h4>
      <Values head={head} rows={rows} trans={trans} />
    </article>
  );
}

function missing(value: unknown, show: (value: unknown) => string): string {
  return value === null ? '–' : show(value);
}

function valueRows(
  causes: readonly ICause[],
  show: (value: unknown) => string
): IValueRow[] {
  return causes.map(cause => ({
    name: cause.name,
    old: missing(cause.old, show),
    new: missing(cause.new, show)
  }));
}

interface IFile {
  readonly digest: string;
  readonly size: number;
}

function fileText(value: unknown): string {
  const { digest, size } = value as IFile;
  return `${formatBytes(size)} · ${digest.replace(/^sha256:/, '').slice(0, 8)}`;
}

/** By how much the file grew; its digest says that it is another one. */
function fileRows(causes: readonly ICause[]): IValueRow[] {
  const rows = valueRows(causes, fileText);
  return rows.map((row, index) => {
    const { old, new: now } = causes[index] as { old: IFile; new: IFile };
    const grew = old && now && old.size > 0 && old.size !== now.size;
    return grew
      ? { ...row, note: formatShare((now.size - old.size) / old.size) }
      : row;
  });
}

function durationRows({ diff, trans }: ISectionProps): IValueRow[] {
  return diff.causes.durations.map(change => {
    const [old, now] = [Number(change.old), Number(change.new)];
    return {
      name: cellName(change, trans),
      old: formatDuration(old),
      new: formatDuration(now),
      note: old > 0 ? formatShare((now - old) / old) : undefined
    };
  });
}

/** What else differs between the runs and may have changed the results. */
export function Causes(props: ISectionProps): JSX.Element {
  const { diff, trans } = props;
  const { parameters, code, environment, inputs } = diff.causes;
  return (
    <>
      <Group
        title={trans.__('Parameters')}
        head={trans.__('Parameter')}
        rows={valueRows(parameters, formatValue)}
        trans={trans}
      />
      {code.map((change, index) => (
        <Block
          key={index}
          diff={diff}
          change={change}
          detail={trans.__('code, %1', kindWord(change.kind, trans))}
          trans={trans}
        >
          <LineList lines={codeLines(change.diff)} />
        </Block>
      ))}
      <Group
        title={trans.__('Packages')}
        head={trans.__('Package')}
        rows={valueRows(environment, formatValue)}
        trans={trans}
      />
      <Group
        title={trans.__('Files that the notebook took along')}
        head={trans.__('File')}
        rows={fileRows(inputs)}
        trans={trans}
      />
      <Group
        title={trans.__('Cells that took much longer or shorter')}
        head={trans.__('Cell')}
        rows={durationRows(props)}
        trans={trans}
      />
    </>
  );
}
