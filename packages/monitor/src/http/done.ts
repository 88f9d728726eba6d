import type { Request, Response } from 'express';
import { wantsPage } from './refusal.js';

/** Says that a change was made: JSON for the page's script, back to the page for a plain form. */
export function answerDone(req: Request, res: Response, message: string): void {
  if (!wantsPage(req)) {
    res.json({ done: true, message });
    return;
  }
  const depth = req.path.split('/').length - 2;
  res.redirect(303, '../'.repeat(depth));
}
