import type { MonitorStatus } from '../status.js';
import { pageModel } from '../view/page.js';

/** One state, serialised at most once per form, however many look. */
export interface Frame {
  readonly status: MonitorStatus;
  /** The status as JSON. */
  readonly json: string;
  /** The page in words as JSON. */
  readonly pageJson: string;
}

/** Serialises when asked, and keeps it. */
export function createFrame(status: MonitorStatus): Frame {
  let json: string | undefined;
  let pageJson: string | undefined;
  return {
    status,
    get json() {
      return (json ??= JSON.stringify(status));
    },
    get pageJson() {
      return (pageJson ??= JSON.stringify(pageModel(status)));
    },
  };
}
