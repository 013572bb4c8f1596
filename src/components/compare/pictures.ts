import type { IImageChange, IPicture } from './types';

const BITMAPS = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];

export function isPicture(
  side: IImageChange['old'] | IImageChange['new']
): side is IPicture {
  return typeof side === 'object' && side !== null && 'digest' in side;
}

/**
 * An address for an <img>, where scripts do not run; null for what is no image
 * or was not sent.
 */
export function pictureUrl(picture: IPicture): string | null {
  const { media_type: type, data } = picture;
  if (data === null) {
    return null;
  }
  if (type === 'image/svg+xml') {
    return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(data)}`;
  }
  const content = data.replace(/\s+/g, '');
  return BITMAPS.includes(type) && /^[A-Za-z0-9+/]+={0,2}$/.test(content)
    ? `data:${type};base64,${content}`
    : null;
}
