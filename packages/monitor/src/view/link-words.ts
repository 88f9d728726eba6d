import type { LinkStatus } from '../status.js';
import { byteWords, durationWords } from './words.js';

/** `1.2 MB/s, 48 ms, at most 2.0 MB/s`. */
export function linkWords(link: LinkStatus | null): string {
  if (link === null) return '–';
  const { bytesPerSecond, roundTripMs, maxBytesPerSecond } = link;
  const parts = [
    ...(bytesPerSecond === null ? [] : [`${byteWords(bytesPerSecond)}/s`]),
    ...(roundTripMs === null ? [] : [durationWords(roundTripMs)]),
    ...(maxBytesPerSecond === null ? [] : [`at most ${byteWords(maxBytesPerSecond)}/s`]),
  ];
  return parts.length === 0 ? 'Not measured yet' : parts.join(', ');
}

const reasons: Readonly<Record<string, string | undefined>> = {
  'slow-link': 'On',
  'fast-link': 'Off, the link is fast',
  content: 'Off, the files hardly shrink',
  unmeasured: 'Off, the link is not measured yet',
  peer: 'Off, the peer takes none',
  refused: 'Off for a while, the peer refused it',
  off: 'Switched off',
};

/** `On, saved 34 MB`, `Off, the link is fast`. */
export function compressionWords(link: LinkStatus | null): string {
  if (link === null) return '–';
  const state = reasons[link.compressionReason] ?? (link.compressing ? 'On' : 'Off');
  return link.bytesSaved > 0 ? `${state}, saved ${byteWords(link.bytesSaved)}` : state;
}
