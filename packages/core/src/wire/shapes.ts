import { createRequire } from 'node:module';
import type { z } from 'zod';

const require = createRequire(import.meta.url);

/** The library that shapes of what comes over the wire are made with. */
type Zod = typeof z;

let loaded: Zod | undefined;

/** Does now what the first message would wait for: a tenth of a second. */
export function loadShapes(): void {
  loadZod();
}

/** Shapes that are made at their first use. The first of all loads zod: a server that nobody talks to needs none. */
export function makeLate<T>(make: (zod: Zod) => T): () => T {
  let made: T | undefined;
  return () => (made ??= make(loadZod()));
}

/** Its CommonJS side can be loaded late, and takes less than the other. */
function loadZod(): Zod {
  loaded ??= (require('zod') as { readonly z: Zod }).z;
  return loaded;
}
