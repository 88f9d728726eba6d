import { SyncError, type ErrorCode } from '@lockstep/core';
import type { Request, Response } from 'express';

/** A failure as JSON for programs and as a small page for people. Never a stack, never an absolute path. */
export function answerRefusal(req: Request, res: Response, error: SyncError): void {
  res.status(error.status);
  if (wantsPage(req)) {
    res.type('html').send(refusalPage(error));
  } else {
    res.json(error.toJSON());
  }
}

/** True for a person's browser at the page or a form, false for scripts, tools and the page's own requests. */
export function wantsPage(req: Request): boolean {
  return req.accepts(['json', 'html']) === 'html';
}

/** An error with a number of seconds after which asking again makes sense. */
export function refuseForNow(res: Response, code: ErrorCode, message: string, seconds: number): SyncError {
  res.set('Retry-After', String(Math.max(1, Math.ceil(seconds))));
  return new SyncError(code, message);
}

function refusalPage(error: SyncError): string {
  const message = escapeHtml(error.message);
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Lockstep monitor: refused</title></head><body><main><h1>Not possible</h1><p>${message}</p><p><small>${error.code}</small></p></main></body></html>`;
}

function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/gu, (character) => entities[character] ?? character);
}
