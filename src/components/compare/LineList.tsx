import * as React from 'react';
import type { ILine, IPiece } from './lines';

const TAGS = { same: 'span', gap: 'span', old: 'del', new: 'ins' } as const;
const SIGNS = { same: ' ', gap: ' ', old: '−', new: '+' } as const;

function Piece({ piece }: { piece: IPiece }): JSX.Element {
  return piece.changed ? <mark>{piece.text}</mark> : <>{piece.text}</>;
}

/** Lines with a sign and a colour; old and new ones also for screen readers. */
export function LineList({ lines }: { lines: readonly ILine[] }): JSX.Element {
  return (
    <pre className="jp-deploy-Lines">
      {lines.map((line, index) => {
        const Tag = TAGS[line.kind];
        return (
          <Tag key={index} data-kind={line.kind}>
            <span className="jp-deploy-Lines-sign" aria-hidden="true">
              {SIGNS[line.kind]}
            </span>
            <span>
              {line.pieces.map((piece, at) => (
                <Piece key={at} piece={piece} />
              ))}
            </span>
          </Tag>
        );
      })}
    </pre>
  );
}
