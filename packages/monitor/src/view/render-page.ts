import { readFileSync } from 'node:fs';
import ejs from 'ejs';
import { pageTemplate } from '../own-files.js';
import { activityKinds } from './activity-line.js';
import { ago, until } from './moments.js';
import type { ActivityLine, FileLine, PageModel } from './page-model.js';
import { sparklineSize } from './sparkline.js';

/** What the templates get, as `it`. */
export interface PageView {
  readonly page: Omit<PageModel, 'activity'> & { readonly activity: readonly ActivityLine[] };
  /** Where our own addresses begin, seen from the page. */
  readonly base: string;
  readonly token: string;
  readonly folders: readonly string[];
  readonly nowMs: number;
  readonly query: {
    readonly kind: string;
    readonly text: string;
    readonly folder: string;
    readonly prefix: string;
    /** Files were asked for; the history is narrowed down. */
    readonly asked: boolean;
    readonly filtered: boolean;
  };
  /** Continues the history; null at its end. */
  readonly olderId: number | null;
  readonly found: { readonly rows: readonly FileLine[]; readonly more: boolean };
}

let compiled: ejs.TemplateFunction | undefined;

/** The page as HTML: everything escaped. The template is read and compiled at the first call. */
export function renderPage(view: PageView): string {
  compiled ??= ejs.compile(readFileSync(pageTemplate, 'utf8'), {
    filename: pageTemplate,
    cache: true,
    strict: true,
    localsName: 'it',
  });
  return compiled({
    ...view,
    kinds: Object.entries(activityKinds).map(([kind, { label }]) => ({ kind, label })),
    chart: sparklineSize,
    blank,
    when: (iso: string) => (iso === '' ? '' : ago(Date.parse(iso), view.nowMs)),
    due: (iso: string) => (iso === '' ? '' : until(Date.parse(iso), view.nowMs)),
  });
}

/** A model without values, for the `<template>` elements that the browser's script fills: every field is empty. */
const blank: unknown = new Proxy({}, { get: () => '' });
