import { fileURLToPath } from 'node:url';
import express, { Router } from 'express';

const options = { index: false, redirect: false, cacheControl: false, dotfiles: 'ignore' } as const;

/** `GET /static/*`: style and scripts of the page. The script shares `moments.js` with this server. */
export function staticFiles(): Router {
  const router = Router();
  router.get('/js/moments.js', (_req, res) => {
    res.sendFile(fileURLToPath(new URL('../view/moments.js', import.meta.url)), options);
  });
  router.use(express.static(fileURLToPath(new URL('../../static/', import.meta.url)), options));
  return router;
}
