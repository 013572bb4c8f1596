import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { pageLocale } from '../common';
import { Block, kindWord } from './Block';
import { isPicture, pictureUrl } from './pictures';
import type { IDiff, IImageChange, IPicture } from './types';
import { Paths } from './Values';

type IMode = 'beside' | 'swipe' | 'difference';

interface ISideProps {
  picture: IPicture;
  label: string;
  trans: TranslationBundle;
}

/** One image, or the sentence why there is none to see. */
function Picture({ picture, label, trans }: ISideProps): JSX.Element {
  const [broken, setBroken] = React.useState(false);
  const url = React.useMemo(() => pictureUrl(picture), [picture]);
  if (url === null || broken) {
    return (
      <p className="jp-deploy-Muted">
        {picture.data === null
          ? trans.__('Too large to be shown here; the run’s page has it.')
          : trans.__('This image is damaged and cannot be shown.')}
      </p>
    );
  }
  return <img src={url} alt={label} onError={() => setBroken(true)} />;
}

function Beside(props: { sides: readonly ISideProps[] }): JSX.Element {
  return (
    <div className="jp-deploy-Images">
      {props.sides.map(side => (
        <figure key={side.label}>
          <figcaption>{side.label}</figcaption>
          <Picture {...side} />
        </figure>
      ))}
    </div>
  );
}

function Stacked(props: {
  sides: readonly ISideProps[];
  mode: 'swipe' | 'difference';
  trans: TranslationBundle;
}): JSX.Element {
  const { sides, mode, trans } = props;
  const [share, setShare] = React.useState(50);
  const clip =
    mode === 'swipe' ? { clipPath: `inset(0 0 0 ${share}%)` } : undefined;
  return (
    <>
      <div className="jp-deploy-Stacked" data-mode={mode}>
        <Picture {...sides[0]} />
        <div style={clip}>
          <Picture {...sides[1]} />
        </div>
        {mode === 'swipe' && (
          <span className="jp-deploy-Seam" style={{ left: `${share}%` }} />
        )}
      </div>
      {mode === 'swipe' ? (
        <label className="jp-deploy-Swipe">
          <span>{trans.__('Old')}</span>
          <input
            type="range"
            min={0}
            max={100}
            value={share}
            aria-label={trans.__('Share of the old image')}
            onChange={event => setShare(Number(event.target.value))}
          />
          <span>{trans.__('New')}</span>
        </label>
      ) : (
        <p className="jp-deploy-Muted">
          {trans.__('Black is the same in both; what shines has changed.')}
        </p>
      )}
    </>
  );
}

function Modes(props: {
  mode: IMode;
  onChange: (mode: IMode) => void;
  trans: TranslationBundle;
}): JSX.Element {
  const { trans } = props;
  const name = React.useId();
  const modes: [IMode, string][] = [
    ['beside', trans.__('Side by side')],
    ['swipe', trans.__('Swipe')],
    ['difference', trans.__('Difference')]
  ];
  return (
    <fieldset className="jp-deploy-Modes">
      <legend className="jp-deploy-Unseen">{trans.__('Show')}</legend>
      {modes.map(([mode, word]) => (
        <label key={mode}>
          <input
            type="radio"
            name={name}
            checked={props.mode === mode}
            onChange={() => props.onChange(mode)}
          />
          {word}
        </label>
      ))}
    </fieldset>
  );
}

function Pictures(props: {
  image: IImageChange;
  trans: TranslationBundle;
}): JSX.Element {
  const { image, trans } = props;
  const [mode, setMode] = React.useState<IMode>('beside');
  const labels = [trans.__('Old'), trans.__('New')];
  const sides = [image.old, image.new].flatMap((picture, index) =>
    isPicture(picture) ? [{ picture, label: labels[index], trans }] : []
  );
  if (sides.length < 2) {
    return <Beside sides={sides} />;
  }
  return (
    <>
      <Modes mode={mode} onChange={setMode} trans={trans} />
      {mode === 'beside' ? (
        <Beside sides={sides} />
      ) : (
        <Stacked sides={sides} mode={mode} trans={trans} />
      )}
    </>
  );
}

/** "changed, 98.2 % alike" */
function likeness(image: IImageChange, trans: TranslationBundle): string {
  const word = kindWord(image.kind, trans);
  if (image.similarity === null || image.similarity === undefined) {
    return word;
  }
  const percent = (100 * image.similarity).toLocaleString(pageLocale(), {
    maximumFractionDigits: 1
  });
  return trans.__('%1, %2 % alike', word, percent);
}

/** Images as pictures, plots that come as data by what changed in them. */
export function Images(props: {
  diff: IDiff;
  trans: TranslationBundle;
}): JSX.Element {
  const { diff, trans } = props;
  return (
    <>
      {diff.images.map((image, index) => (
        <Block
          key={index}
          diff={diff}
          change={image}
          detail={likeness(image, trans)}
          trans={trans}
        >
          {isPicture(image.old) || isPicture(image.new) ? (
            <Pictures image={image} trans={trans} />
          ) : (
            <Paths old={image.old} now={image.new} trans={trans} />
          )}
        </Block>
      ))}
    </>
  );
}
