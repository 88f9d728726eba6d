import { fileURLToPath } from 'node:url';

// The bundle lies beside `dist`, so these are right from either only while this module is at the top of the sources.

/** Style and scripts of the page, as a folder. */
export const staticFolder = fileURLToPath(new URL('../static/', import.meta.url));

/** The template of the page. */
export const pageTemplate = fileURLToPath(new URL('../views/page.ejs', import.meta.url));

/** The compiled `view/moments.ts`, for the browser: by itself, while a bundle has it among other modules. */
export const momentsScript = fileURLToPath(new URL('../dist/view/moments.js', import.meta.url));
