import express, { Router } from 'express';
import { momentsScript, staticFolder } from '../own-files.js';

const options = { index: false, redirect: false, cacheControl: false, dotfiles: 'ignore' } as const;

/** `GET /static/*`: style and scripts of the page. The script shares `moments.js` with this server. */
export function staticFiles(): Router {
  const router = Router();
  router.get('/js/moments.js', (_req, res) => {
    res.sendFile(momentsScript, options);
  });
  router.use(express.static(staticFolder, options));
  return router;
}
